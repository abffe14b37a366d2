#include "connectors/http/answer_outcome.hpp"

#include <algorithm>

namespace cxstream::connectors {

namespace {

using ports::delivery_result;

constexpr std::size_t quoted_bytes_max = 200;
constexpr std::chrono::hours retry_after_max{24}; // what a target wishes beyond is cut

delivery_result result_of_status(const http_answer& answer) {
  const auto status = answer.status;
  if (status >= 200 && status < 300)
    return delivery_result::delivered;
  if (status == 425 || status == 429 || (status == 503 && answer.retry_after))
    return delivery_result::throttled;
  if (status == 401) // about who asks, not about the event: an expired token must not leave nothing but dead letters
    return delivery_result::unreachable;
  if (status == 408 || status >= 500)
    return delivery_result::transient;
  return delivery_result::permanent;
}

} // namespace

ports::delivery_result result_of(const http_answer& answer) {
  switch (answer.end) {
    case call_end::answered:
      return result_of_status(answer);
    case call_end::not_connected:
    case call_end::forbidden:
      return delivery_result::unreachable;
    case call_end::not_sent:
      return delivery_result::unfit;
    case call_end::timed_out:
    case call_end::broken:
      break;
  }
  return delivery_result::transient;
}

std::string reason_of(const http_answer& answer, const secret_mask& mask) {
  if (answer.end != call_end::answered)
    return mask.applied(answer.error);
  auto out = "HTTP " + std::to_string(answer.status);
  if (!answer.body.empty())
    out += ": " + plain_line(mask.applied(answer.body), quoted_bytes_max);
  return out;
}

std::optional<std::chrono::milliseconds> wished_pause(const http_answer& answer) {
  if (answer.end != call_end::answered || !answer.retry_after)
    return std::nullopt;
  return std::min<std::chrono::milliseconds>(*answer.retry_after, retry_after_max);
}

ports::delivery_outcome outcome_of(const http_request& request, const http_answer& answer, const secret_mask& mask) {
  const auto result = result_of(answer);
  if (result == delivery_result::delivered)
    return {};
  // Without a URL nothing was said.
  return {result, reason_of(answer, mask), wished_pause(answer),
          request.url.empty() ? std::string() : exchange_text(request, answer, mask)};
}

} // namespace cxstream::connectors
