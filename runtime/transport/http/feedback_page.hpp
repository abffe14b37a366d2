// The pages behind a message's feedback link: plain HTML, no scripts, nothing loaded from elsewhere. Pure.
#pragma once

#include "ports/feedback.hpp"
#include "transport/http/http_message.hpp"

#include <string_view>

namespace cxstream::transport {

// Asks, with a button that posts to the page's own address.
http_response feedback_question(const ports::told_delivery& told);
http_response feedback_thanks(const ports::told_delivery& told);
// What went wrong, for people.
http_response feedback_refusal(int status, std::string_view what);

} // namespace cxstream::transport
