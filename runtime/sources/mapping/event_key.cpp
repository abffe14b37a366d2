#include "sources/mapping/event_key.hpp"

#include "sources/digest.hpp"
#include "sources/mapping/rule_value.hpp"

namespace cxstream::sources {

namespace {

base::error failed(std::string_view why) {
  return {base::error_code::invalid_argument, std::string(why)};
}

// Empty when nothing is found.
base::result<std::string> key_of_selectors(const mapping& rules, const v1::CanonicalEvent& event, record& from) {
  digester digest;
  digest.add(event.source_system());
  digest.add(event.ticket_id());
  bool is_found = false;
  for (const auto slot : rules.key_slots) {
    const auto found = from.at(slot);
    if (found.kind == cell_kind::failed)
      return failed(found.text);
    is_found = is_found || (found.is_single() ? !found.text.empty() : found.size > 0);
    if (found.is_single() || found.size == 0)
      digest.add(found.text); // as it is written, whatever its type
    else
      add_content(digest, found);
  }
  return is_found ? to_hex(digest.finish()) : std::string();
}

} // namespace

base::result<std::string> event_key(const mapping& rules, const v1::CanonicalEvent& event, record& from,
                                    const row_ordinals& ordinals, event_time time_of) {
  if (!event.idempotency_key().empty())
    return event.idempotency_key();
  for (const auto& rule : rules.key_rules) {
    rule_evaluator values(rules, from);
    const auto value = values.single(rule);
    if (value.state == presence::failed)
      return failed(value.text);
    if (value.state == presence::value)
      return std::string(value.text);
  }
  if (!rules.key_slots.empty()) {
    auto key = key_of_selectors(rules, event, from);
    if (!key || !key->empty())
      return key;
  }
  if (!event.event_id().empty())
    return event.event_id();
  digester digest;
  digest.add(event.source_system());
  digest.add(event.ticket_id());
  digest.add_number(rules.order == row_order::version ? 0 : event.version());
  const auto& at = time_of == event_time::of_source ? event.occurred_at() : google::protobuf::Timestamp();
  digest.add_number(static_cast<std::uint64_t>(at.seconds()));
  digest.add_number(static_cast<std::uint64_t>(at.nanos()));
  const auto content = from.digest();
  digest.add_number(content.high);
  digest.add_number(content.low);
  auto key = to_hex(digest.finish());
  if (ordinals.identical > 1)
    key += "-" + std::to_string(ordinals.identical);
  return key;
}

} // namespace cxstream::sources
