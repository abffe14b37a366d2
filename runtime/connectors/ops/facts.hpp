// What templates of messages may name: the fields of an event and of its ticket before and after it. Pure.
#pragma once

#include "model/rule.hpp"

#include <map>
#include <string>
#include <string_view>

namespace cxstream::connectors {

// Name → value; absent values are not in it. Names are flat: churn_risk (the label), churn_risk_score, metric_NAME, and
// the same with was_ in front for the ticket before the event.
using facts = std::map<std::string, std::string, std::less<>>;

// What is known of the event and its ticket. Where the event says nothing about a field, the ticket's value stands.
facts facts_of(const model::ticket_step& step);

// Whether facts_of() may ever give this name.
bool is_fact(std::string_view name);

} // namespace cxstream::connectors
