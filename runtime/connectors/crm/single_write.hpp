// Targets that are written one record at a time, each by a call or a few.
#pragma once

#include "connectors/crm/record_maker.hpp"
#include "connectors/http/authorized_call.hpp"
#include "connectors/outcomes.hpp"

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace cxstream::connectors {

// Delivers the events one by one; when the target is unreachable or wants a pause, the rest are not tried.
std::vector<ports::delivery_outcome>
deliver_one_by_one(std::span<const ports::delivery> events,
                   const std::function<ports::delivery_outcome(const ports::delivery&)>& write);

// As answer_outcome.hpp says, but for a helpdesk: 401 and 403 are the credentials' matter and not the event's
// (unreachable), 409 and 423 say that somebody else writes the record at this moment (transient).
ports::delivery_outcome helpdesk_outcome(const http_exchange& said);

// Tags that stand for a signal: "<prefix>churn_risk_high". Of one signal a ticket has one.
class signal_tags {
public:
  signal_tags() = default; // no tags
  // `signals`: sentiment, churn_risk, effort; others are ignored.
  signal_tags(std::set<std::string, std::less<>> signals, std::string prefix);

  bool empty() const {
    return signals_.empty();
  }
  struct change {
    std::vector<std::string> add;
    std::vector<std::string> remove;
    bool empty() const {
      return add.empty() && remove.empty();
    }
  };
  // What has to be done to a ticket that has these tags, so that they say what the event says. A signal that the event
  // does not have keeps its tag, one that it clears loses it.
  change change_of(const v1::CanonicalEvent& event, const std::set<std::string, std::less<>>& present) const;

private:
  std::set<std::string, std::less<>> signals_;
  std::string prefix_;
};

} // namespace cxstream::connectors
