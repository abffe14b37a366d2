#include "transport/http/source_answer.hpp"

#include "transport/http/json_writer.hpp"

#include <algorithm>

namespace cxstream::transport {
namespace {

constexpr std::chrono::seconds try_again_in{5};

bool is_rejected(const v1::EventResult& result) {
  return result.outcome() != v1::ACCEPTED && result.outcome() != v1::DUPLICATE;
}

} // namespace

decided_counts count(const v1::PublishResponse& answer) {
  decided_counts counts;
  for (const auto& result : answer.results())
    ++(result.outcome() == v1::ACCEPTED    ? counts.accepted
       : result.outcome() == v1::DUPLICATE ? counts.duplicate
                                           : counts.rejected);
  return counts;
}

bool breaks_contract(const v1::PublishResponse& answer) {
  return std::any_of(answer.results().begin(), answer.results().end(),
                     [](const auto& result) { return result.reason() == v1::BROKEN_CONTRACT; });
}

http_response source_answer(const v1::PublishResponse& answer, std::size_t dropped) {
  const auto counts = count(answer);
  json_text text;
  json_writer json(text);
  json.StartObject();
  key(json, "accepted");
  json.Uint64(counts.accepted);
  key(json, "duplicate");
  json.Uint64(counts.duplicate);
  key(json, "dropped");
  json.Uint64(dropped);
  key(json, "rejected");
  json.StartArray();
  for (const auto& result : answer.results()) {
    if (!is_rejected(result))
      continue;
    json.StartObject();
    key(json, "reason");
    string(json, v1::RejectReason_Name(result.reason()));
    key(json, "field_path");
    string(json, result.field_path());
    key(json, "message");
    string(json, result.message());
    key(json, "dead_letter_id");
    string(json, result.dead_letter_id());
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return {counts.rejected > 0 ? 202 : 200, taken(text)};
}

http_response not_taken(std::string_view why) {
  return http_error_later(503, "unavailable", why, try_again_in);
}

} // namespace cxstream::transport
