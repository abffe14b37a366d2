// What was said to a target and what it answered, as text for the people who look at a dead letter. Pure.
#pragma once

#include "connectors/http/http_call.hpp"
#include "connectors/http/secret_mask.hpp"

#include <string>
#include <string_view>

namespace cxstream::connectors {

// Method, URL, headers and body of the request, then status, headers and body of the answer. At most
// ports::exchange_bytes_max bytes of valid UTF-8; long bodies lose their ends. Secrets are masked: the values known to
// `mask`, headers and fields that are secret by their names, user and password in the URL.
std::string exchange_text(const http_request& request, const http_answer& answer, const secret_mask& mask);

// A URL for people: no user, no password; values of its query whose names say that they are secret are masked.
std::string shown_url(std::string_view url, const secret_mask& mask);

// The beginning of some bytes as valid UTF-8 on one line, whatever they are made of.
std::string plain_line(std::string_view bytes, std::size_t bytes_max);
// The same with its line breaks.
std::string plain_lines(std::string_view bytes, std::size_t bytes_max);

} // namespace cxstream::connectors
