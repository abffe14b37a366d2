#include "model/snapshot.hpp"

#include "model/revision.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace cxstream::model {

namespace {

constexpr std::int64_t us_per_s = 1'000'000;

// The event as it would be after all that is in the log now.
revision next_revision(const v1::CanonicalEvent& event) {
  return {to_us(event.occurred_at()), event.version(), std::numeric_limits<std::uint64_t>::max()};
}

// Compares what an event states with what a ticket holds, field by field.
class comparison {
public:
  comparison(const v1::TicketState& state, const v1::CanonicalEvent& event)
      : state_(state), event_(event), rev_(next_revision(event)) {
  }

  // How many fields of the ticket the event would change.
  int changes() const {
    const auto& s = state_;
    const auto& e = event_;
    return text("account_id", e.has_account_id(), e.account_id(), s.account_id()) +
           text("status", e.has_status(), e.status(), s.status()) +
           text("priority", e.has_priority(), e.priority(), s.priority()) +
           text("channel", e.has_channel(), e.channel(), s.channel()) +
           text("agent_id", e.has_agent_id(), e.agent_id(), s.agent_id()) +
           text("customer_id", e.has_customer_id(), e.customer_id(), s.customer_id()) +
           text("canonical_tag", e.has_canonical_tag(), e.canonical_tag(), s.canonical_tag()) +
           text("driver", e.has_driver(), e.driver(), s.driver()) +
           text("evidence_url", e.has_evidence_url(), e.evidence_url(), s.evidence_url()) +
           signal("sentiment", e.has_sentiment(), e.sentiment(), s.sentiment()) +
           signal("churn_risk", e.has_churn_risk(), e.churn_risk(), s.churn_risk()) +
           signal("effort", e.has_effort(), e.effort(), s.effort()) + tags() + metrics();
  }

private:
  template <class Slot>
  bool newer_wrote(const Slot& slot) const {
    return slot.has_revision() && from_proto(slot.revision()) > rev_;
  }
  bool clears(std::string_view name) const {
    return std::ranges::find(event_.cleared().paths(), name) != event_.cleared().paths().end();
  }
  int text(std::string_view name, bool stated, const std::string& value, const v1::RevisedText& slot) const {
    if (newer_wrote(slot))
      return false;
    if (stated)
      return !slot.has_value() || slot.value() != value;
    return slot.has_value() && clears(name);
  }
  int signal(std::string_view name, bool stated, const v1::Signal& value, const v1::RevisedSignal& slot) const {
    if (newer_wrote(slot))
      return false;
    if (stated)
      return !slot.has_value() || slot.value().SerializeAsString() != value.SerializeAsString();
    return slot.has_value() && clears(name);
  }
  int tags() const {
    const auto& slot = state_.raw_tags();
    if (newer_wrote(slot) || (event_.raw_tags_size() == 0 && !clears("raw_tags")))
      return false;
    return !std::ranges::equal(slot.values(), event_.raw_tags());
  }
  int metric(const std::string& name, bool stated, double value) const {
    const auto slot = state_.custom_metrics().find(name);
    if (slot == state_.custom_metrics().end())
      return stated;
    if (newer_wrote(slot->second))
      return false;
    return slot->second.has_value() ? !stated || slot->second.value() != value : stated;
  }
  int metrics() const {
    if (state_.has_metrics_cleared() && from_proto(state_.metrics_cleared()) > rev_)
      return 0;
    int out = 0;
    for (const auto& [name, value] : event_.custom_metrics())
      out += metric(name, true, value);
    const bool all = clears("custom_metrics");
    for (const auto& [name, slot] : state_.custom_metrics())
      if (!event_.custom_metrics().contains(name) && (all || clears("custom_metrics." + name)))
        out += metric(name, false, 0);
    return out;
  }

  const v1::TicketState& state_;
  const v1::CanonicalEvent& event_;
  const revision rev_;
};

} // namespace

bool adds_to(const v1::TicketState& state, const v1::CanonicalEvent& snapshot) {
  const std::pair seen(state.newest().occurred_at_us(), state.newest().version());
  const std::pair told(to_us(snapshot.occurred_at()), snapshot.version());
  return seen < told || comparison(state, snapshot).changes() > 0;
}

bool moved_to_end_of_second(const v1::TicketState& state, v1::CanonicalEvent& snapshot) {
  const auto us = to_us(snapshot.occurred_at());
  if (us % us_per_s != 0)
    return false;
  const auto as_it_is = comparison(state, snapshot).changes();
  set_us(*snapshot.mutable_occurred_at(), us + us_per_s - 1);
  if (comparison(state, snapshot).changes() > as_it_is)
    return true;
  set_us(*snapshot.mutable_occurred_at(), us);
  return false;
}

} // namespace cxstream::model
