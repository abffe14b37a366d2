#include "sources/mapping/event_key.hpp"

#include "sources/digest.hpp"

namespace cxstream::sources {

std::string event_key(const mapping& rules, const v1::CanonicalEvent& event, const row& from,
                      const row_ordinals& ordinals) {
  if (!event.idempotency_key().empty())
    return event.idempotency_key();
  if (rules.key_columns.empty() && !event.event_id().empty())
    return event.event_id();
  digester digest;
  digest.add(event.source_system());
  digest.add(event.ticket_id());
  if (!rules.key_columns.empty()) {
    for (const auto column : rules.key_columns)
      digest.add(from.cells[column].value_or(std::string_view()));
    return to_hex(digest.finish());
  }
  digest.add_number(rules.order == row_order::version ? 0 : event.version());
  digest.add_number(static_cast<std::uint64_t>(event.occurred_at().seconds()));
  digest.add_number(static_cast<std::uint64_t>(event.occurred_at().nanos()));
  digest.add_number(from.digest.high);
  digest.add_number(from.digest.low);
  auto key = to_hex(digest.finish());
  if (ordinals.identical > 1)
    key += "-" + std::to_string(ordinals.identical);
  return key;
}

} // namespace cxstream::sources
