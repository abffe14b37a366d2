// What a warehouse should hold of a ticket, folded from its events. The order of the texts is that of the rows: see
// ticket_text() and fact_text(), which both sides use or mirror.
#pragma once

#include "connectors/warehouse/row_text.hpp"
#include "ports/census.hpp"

#include <functional>

namespace cxstream::connectors {

// How a kind of warehouse holds what others may not.
struct warehouse_shape {
  // Takes out of the event what the warehouse does not hold; false when it has no place for the event at all.
  std::function<bool(v1::CanonicalEvent&)> make_fit = [](v1::CanonicalEvent&) { return true; };
  // A version beyond a signed number is absent; else it wraps.
  bool drops_great_versions = false;
};

class expected_ticket final : public ports::expectation {
public:
  explicit expected_ticket(const warehouse_shape& shape) : shape_(shape) {
  }
  void add(const ports::delivery& event) override;
  ports::census_row row() const override;

private:
  const warehouse_shape& shape_;
  v1::TicketState state_;
  std::int64_t facts_ = 0;
  std::int64_t facts_digest_ = 0;
};

// The fields of a fact, and of a ticket before its facts' count and digest.
void fact_text(row_text& out, const ports::delivery& place, const v1::CanonicalEvent& event,
               std::optional<std::int64_t> version);
void ticket_text(row_text& out, const v1::TicketState& state);

} // namespace cxstream::connectors
