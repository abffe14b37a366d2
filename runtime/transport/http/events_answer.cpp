#include "transport/http/events_answer.hpp"

#include "transport/http/json_writer.hpp"
#include "transport/http/source_answer.hpp"

#include <algorithm>

namespace cxstream::transport {
namespace {

void write(json_writer& json, const v1::EventResult& result) {
  json.StartObject();
  key(json, "outcome");
  string(json, v1::Outcome_Name(result.outcome()));
  if (result.ticket_sequence() > 0) {
    key(json, "ticket_sequence");
    json.Uint64(result.ticket_sequence());
  }
  if (result.outcome() == v1::ACCEPTED || result.outcome() == v1::DUPLICATE) {
    key(json, "partition");
    json.Uint(result.partition());
  }
  if (result.outcome() == v1::ACCEPTED) {
    key(json, "offset");
    json.Uint64(result.offset());
    key(json, "late");
    json.Bool(result.late());
  }
  if (result.reason() != v1::REJECT_REASON_UNSPECIFIED) {
    key(json, "reason");
    string(json, v1::RejectReason_Name(result.reason()));
    key(json, "field_path");
    string(json, result.field_path());
    key(json, "message");
    string(json, result.message());
    key(json, "dead_letter_id");
    string(json, result.dead_letter_id());
  }
  json.EndObject();
}

} // namespace

http_response events_answer(const v1::PublishResponse& answer, const std::vector<record_kind>& kinds) {
  if (static_cast<std::size_t>(answer.results_size()) != kinds.size())
    return http_error(500, "internal", "the node's answer does not fit the events: send them again");
  const auto counts = count(answer);
  json_text text;
  json_writer json(text);
  json.StartObject();
  key(json, "accepted");
  json.Uint64(counts.accepted);
  key(json, "duplicate");
  json.Uint64(counts.duplicate);
  key(json, "rejected");
  json.Uint64(counts.rejected);
  key(json, "results");
  json.StartArray();
  int event = 0;
  auto refusal = static_cast<int>(std::count(kinds.begin(), kinds.end(), record_kind::event));
  for (const auto kind : kinds)
    write(json, answer.results(kind == record_kind::event ? event++ : refusal++));
  json.EndArray();
  json.EndObject();
  return {counts.rejected > 0 ? 202 : 200, taken(text)};
}

http_response unreadable_answer(const v1::PublishResponse& answer) {
  const std::string id = answer.results_size() > 0 ? answer.results(0).dead_letter_id() : std::string();
  const std::string why = answer.results_size() > 0 ? answer.results(0).message() : std::string();
  return http_error(400, "unreadable", why + "; nothing was taken; the body is kept as dead letter " + id);
}

} // namespace cxstream::transport
