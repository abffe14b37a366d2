// What an HTTP answer means for the event it was about. Pure.
#pragma once

#include "connectors/http/exchange_text.hpp"
#include "connectors/http/http_call.hpp"
#include "ports/target.hpp"

namespace cxstream::connectors {

// delivered: 2xx. unreachable: not connected, 401, or an address that may not be called. throttled: 425, 429, and 503
// with Retry-After. transient: 408, other 5xx, time over, broken connection. unfit: a request that cannot be sent.
// permanent: every other status, redirects among them.
ports::delivery_result result_of(const http_answer& answer);

// The same with the reason, the target's wish for a pause (at most a day) and what was said; secrets in them are
// masked.
ports::delivery_outcome outcome_of(const http_request& request, const http_answer& answer, const secret_mask& mask);

// "HTTP 400: no such field": the status and the beginning of the body, on one line and in valid UTF-8; or the error.
std::string reason_of(const http_answer& answer, const secret_mask& mask);

// What Retry-After asks for, cut to a day.
std::optional<std::chrono::milliseconds> wished_pause(const http_answer& answer);

} // namespace cxstream::connectors
