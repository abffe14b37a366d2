#include "actors/ingest/intake.hpp"

#include "model/canonicalise.hpp"
#include "model/content_hash.hpp"
#include "model/parse_event.hpp"
#include "model/revision.hpp"
#include "ports/keys.hpp"

namespace cxstream::actors {

namespace {

std::string serialized(const v1::CanonicalEvent& event) {
  const auto size = event.ByteSizeLong();
  std::string bytes;
  bytes.reserve(size + protocols::stamp_room);
  bytes.resize(size);
  event.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data()));
  return bytes;
}

} // namespace

std::variant<accepted_event, refused_event> take_in(std::string_view bytes, const intake_rules& rules,
                                                    base::timestamp received_at, v1::CanonicalEvent& scratch) {
  scratch.Clear();
  if (auto broken = model::parse_event(bytes, scratch, rules.limits.event_bytes))
    return refused_event{std::move(*broken), scratch.source_system(), scratch.ticket_id()};
  scratch.clear_pipeline();
  const auto content = model::content_hash(scratch); // of what the source said, before any rule touches it
  model::canonicalise(scratch, *rules.taxonomy, content);
  if (auto wrong = model::validate(scratch, received_at, rules.limits))
    return refused_event{std::move(*wrong), scratch.source_system(), scratch.ticket_id()};
  model::set_us(*scratch.mutable_pipeline()->mutable_received_at(), base::to_us(received_at));
  const auto key = model::key_hash(scratch.idempotency_key());
  return accepted_event{model::partition_of(scratch.ticket_id(), rules.partitions),
                        {serialized(scratch), {key.high, key.low, content}},
                        scratch.source_system()};
}

v1::DeadLetter refusal_letter(const refused_event& refused, std::string bytes, base::timestamp received_at,
                              std::uint64_t unique) {
  v1::DeadLetter letter;
  letter.set_id(ports::keys::dead_ingest(base::to_us(received_at), unique));
  letter.set_stage(v1::INGEST);
  letter.set_reason(v1::RejectReason_Name(refused.why.reason));
  letter.set_reject_reason(refused.why.reason);
  letter.set_field_path(refused.why.field_path);
  letter.set_message(refused.why.message);
  model::set_us(*letter.mutable_dead_at(), base::to_us(received_at));
  letter.set_source_system(refused.source_system);
  letter.set_ticket_id(refused.ticket_id);
  letter.set_payload(std::move(bytes));
  return letter;
}

v1::DeadLetter refused_payload_letter(const std::string& partial, base::timestamp received_at, std::uint64_t unique) {
  v1::DeadLetter letter;
  letter.ParseFromString(partial);
  if (letter.id().empty())
    letter.set_id(ports::keys::dead_ingest(base::to_us(received_at), unique));
  letter.set_stage(v1::SOURCE);
  letter.set_reason(v1::RejectReason_Name(letter.reject_reason()));
  model::set_us(*letter.mutable_dead_at(), base::to_us(received_at));
  return letter;
}

} // namespace cxstream::actors
