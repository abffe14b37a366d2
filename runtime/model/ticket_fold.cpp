#include "model/ticket_fold.hpp"

#include <string_view>

namespace cxstream::model {

namespace {

// Whether `rev` may write a slot: it has not been written by a newer revision. Takes the slot when it may.
template <class Slot>
bool takes(Slot& slot, const revision& rev) {
  if (slot.has_revision() && from_proto(slot.revision()) > rev)
    return false;
  to_proto(rev, *slot.mutable_revision());
  return true;
}

class folder {
public:
  folder(const v1::CanonicalEvent& event, const revision& rev) : event_(event), rev_(rev) {
  }

  // `slot` gives the state's slot; it is asked only when the event says something about the field, because asking
  // creates it.
  template <class SlotOf>
  void text(std::string_view name, bool present, const std::string& value, SlotOf slot_of) const {
    if (present) {
      if (auto& slot = *slot_of(); takes(slot, rev_))
        slot.set_value(value);
    } else if (clears(name)) {
      if (auto& slot = *slot_of(); takes(slot, rev_))
        slot.clear_value();
    }
  }

  template <class SlotOf>
  void signal(std::string_view name, bool present, const v1::Signal& value, SlotOf slot_of) const {
    if (present) {
      if (auto& slot = *slot_of(); takes(slot, rev_))
        *slot.mutable_value() = value;
    } else if (clears(name)) {
      if (auto& slot = *slot_of(); takes(slot, rev_))
        slot.clear_value();
    }
  }

  void tags(v1::TicketState& state) const {
    if (event_.raw_tags_size() == 0 && !clears("raw_tags"))
      return;
    if (auto& slot = *state.mutable_raw_tags(); takes(slot, rev_))
      *slot.mutable_values() = event_.raw_tags();
  }

  // "Clear them all" also holds against metrics whose older events come later: its revision is kept, its victims are
  // not.
  void metrics(v1::TicketState& state) const {
    auto& slots = *state.mutable_custom_metrics();
    if (clears("custom_metrics") && takes_revision(state)) {
      for (auto it = slots.begin(); it != slots.end();)
        it = from_proto(it->second.revision()) > rev_ ? std::next(it) : slots.erase(it);
    }
    if (state.has_metrics_cleared() && from_proto(state.metrics_cleared()) > rev_)
      return;
    for (const auto& [name, value] : event_.custom_metrics())
      if (auto& slot = slots[name]; takes(slot, rev_))
        slot.set_value(value);
    constexpr std::string_view prefix = "custom_metrics.";
    for (const auto& path : event_.cleared().paths())
      if (path.starts_with(prefix))
        if (auto& slot = slots[path.substr(prefix.size())]; takes(slot, rev_))
          slot.clear_value();
  }

private:
  bool takes_revision(v1::TicketState& state) const {
    if (state.has_metrics_cleared() && from_proto(state.metrics_cleared()) > rev_)
      return false;
    to_proto(rev_, *state.mutable_metrics_cleared());
    return true;
  }

  bool clears(std::string_view name) const {
    for (const auto& path : event_.cleared().paths())
      if (path == name)
        return true;
    return false;
  }

  const v1::CanonicalEvent& event_;
  const revision& rev_;
};

} // namespace

void fold_fields(v1::TicketState& s, const v1::CanonicalEvent& e, const revision& rev) {
  const folder f(e, rev);
  f.text("account_id", e.has_account_id(), e.account_id(), [&] { return s.mutable_account_id(); });
  f.text("status", e.has_status(), e.status(), [&] { return s.mutable_status(); });
  f.text("priority", e.has_priority(), e.priority(), [&] { return s.mutable_priority(); });
  f.text("channel", e.has_channel(), e.channel(), [&] { return s.mutable_channel(); });
  f.text("agent_id", e.has_agent_id(), e.agent_id(), [&] { return s.mutable_agent_id(); });
  f.text("customer_id", e.has_customer_id(), e.customer_id(), [&] { return s.mutable_customer_id(); });
  f.text("canonical_tag", e.has_canonical_tag(), e.canonical_tag(), [&] { return s.mutable_canonical_tag(); });
  f.text("driver", e.has_driver(), e.driver(), [&] { return s.mutable_driver(); });
  f.text("evidence_url", e.has_evidence_url(), e.evidence_url(), [&] { return s.mutable_evidence_url(); });
  f.signal("sentiment", e.has_sentiment(), e.sentiment(), [&] { return s.mutable_sentiment(); });
  f.signal("churn_risk", e.has_churn_risk(), e.churn_risk(), [&] { return s.mutable_churn_risk(); });
  f.signal("effort", e.has_effort(), e.effort(), [&] { return s.mutable_effort(); });
  f.tags(s);
  f.metrics(s);
}

} // namespace cxstream::model
