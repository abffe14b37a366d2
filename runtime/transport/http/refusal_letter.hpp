// Dead letters of what came over HTTP and made no event. Pure; thread-safe.
#pragma once

#include "ports/payload.hpp"

#include "cxstream/v1/admin.pb.h"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::transport {

struct letter_origin {
  std::string source;                      // the configured source, or the door ("events")
  std::string source_system;               // empty where it is not known
  std::vector<std::string> secret_headers; // of this source, lower case, beside those that every source may have
};

// True for names that carry credentials: authorization, cookies, and all that speak of keys, tokens, secrets or
// passwords.
bool is_secret_header(std::string_view name);

// One letter a refusal, in their order. A refusal without a record of its own gets the whole body; the body is kept
// once, in the first such letter, so that many refusals don't multiply it.
std::vector<v1::DeadLetter> refusal_letters(const letter_origin& origin, const ports::payload& from,
                                            const std::vector<ports::payload_refusal>& refused);

} // namespace cxstream::transport
