#include "connectors/webhook/answer.hpp"

#include <algorithm>
#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/stringbuffer.h>

namespace cxstream::connectors {

namespace {

using ports::delivery_result;

constexpr std::size_t quoted_bytes_max = 200;
constexpr std::chrono::hours retry_after_max{24}; // what a target wishes beyond is cut

// The beginning of a body, on one line and in valid UTF-8 whatever it is made of.
std::string quoted(std::string_view body) {
  rapidjson::MemoryStream in(body.data(), std::min(body.size(), quoted_bytes_max));
  rapidjson::StringBuffer out;
  constexpr unsigned replacement = 0xFFFD;
  while (in.Tell() < in.size_) {
    unsigned codepoint = 0;
    if (!rapidjson::UTF8<>::Decode(in, &codepoint))
      codepoint = replacement;
    rapidjson::UTF8<>::Encode(out, codepoint < ' ' || codepoint == 127 ? unsigned{' '} : codepoint);
  }
  return {out.GetString(), out.GetSize()};
}

delivery_result result_of(const http_answer& answer) {
  const auto status = answer.status;
  if (status >= 200 && status < 300)
    return delivery_result::delivered;
  if (status == 425 || status == 429 || (status == 503 && answer.retry_after))
    return delivery_result::throttled;
  if (status == 408 || status >= 500)
    return delivery_result::transient;
  return delivery_result::permanent;
}

} // namespace

ports::delivery_outcome outcome_of(const http_answer& answer) {
  if (answer.end == call_end::not_connected)
    return {delivery_result::unreachable, answer.error, std::nullopt};
  if (answer.end != call_end::answered)
    return {delivery_result::transient, answer.error, std::nullopt};
  const auto result = result_of(answer);
  if (result == delivery_result::delivered)
    return {};
  ports::delivery_outcome out{result, "HTTP " + std::to_string(answer.status), std::nullopt};
  if (!answer.body.empty())
    out.reason += ": " + quoted(answer.body);
  if (answer.retry_after)
    out.retry_after = std::min<std::chrono::milliseconds>(*answer.retry_after, retry_after_max);
  return out;
}

} // namespace cxstream::connectors
