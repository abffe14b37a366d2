#include "model/state_event.hpp"

#include <string>

namespace cxstream::model {

namespace {

class carrier {
public:
  explicit carrier(v1::CanonicalEvent& event) : event_(event) {
    event_.clear_cleared();
  }

  // `set` and `clear` change the event's field.
  template <class Slot, class Set, class Clear>
  void field(const char* name, const Slot& slot, Set set, Clear clear) const {
    if (slot.has_value()) {
      set(slot.value());
      return;
    }
    clear();
    if (slot.has_revision())
      says_cleared(name);
  }

  void tags(const v1::RevisedTags& slot) const {
    *event_.mutable_raw_tags() = slot.values();
    if (slot.has_revision() && slot.values().empty())
      says_cleared("raw_tags");
  }

  void metrics(const v1::TicketState& state) const {
    auto& metrics = *event_.mutable_custom_metrics();
    metrics.clear();
    if (state.has_metrics_cleared())
      says_cleared("custom_metrics");
    for (const auto& [name, slot] : state.custom_metrics()) {
      if (slot.has_value())
        metrics[name] = slot.value();
      else if (slot.has_revision())
        says_cleared("custom_metrics." + name);
    }
  }

private:
  void says_cleared(std::string path) const {
    event_.mutable_cleared()->add_paths(std::move(path));
  }

  v1::CanonicalEvent& event_;
};

} // namespace

void carry_state(v1::CanonicalEvent& e, const v1::TicketState& s) {
  const carrier c(e);
#define CXSTREAM_CARRY(name)                                                                                           \
  c.field(                                                                                                             \
      #name, s.name(), [&](const auto& value) { *e.mutable_##name() = value; }, [&] { e.clear_##name(); })
  CXSTREAM_CARRY(account_id);
  CXSTREAM_CARRY(status);
  CXSTREAM_CARRY(priority);
  CXSTREAM_CARRY(channel);
  CXSTREAM_CARRY(agent_id);
  CXSTREAM_CARRY(customer_id);
  CXSTREAM_CARRY(canonical_tag);
  CXSTREAM_CARRY(driver);
  CXSTREAM_CARRY(evidence_url);
  CXSTREAM_CARRY(sentiment);
  CXSTREAM_CARRY(churn_risk);
  CXSTREAM_CARRY(effort);
#undef CXSTREAM_CARRY
  c.tags(s.raw_tags());
  c.metrics(s);
  *e.mutable_occurred_at() = s.last_occurred_at();
  e.set_version(s.newest().version());
  auto& place = *e.mutable_pipeline();
  place.set_ticket_sequence(s.ticket_sequence());
  place.set_late(false);
}

} // namespace cxstream::model
