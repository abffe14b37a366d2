// The fields that rules test: their values in a ticket's state or an event, and their order from good to bad. Pure.
#pragma once

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ticket.pb.h"

#include <optional>
#include <string>
#include <string_view>

namespace cxstream::model {

// Whether rules know the field.
bool is_rule_field(std::string_view name);
// Whether it belongs to the event alone: event_type, source_system.
bool is_of_event(std::string_view name);
// Whether its values have an order: labels of signals, priority, scores, metrics.
bool has_order(std::string_view name);
// Whether the order's far end is good (sentiment) and not bad (churn_risk).
bool more_is_better(std::string_view name);
// "churn_risk, sentiment, …" for messages.
std::string names_of_rule_fields();

// The value as text; none when it is absent or cleared.
std::optional<std::string> text_in(const v1::TicketState& state, std::string_view field);
std::optional<std::string> text_in(const v1::CanonicalEvent& event, std::string_view field);

// The place of a value in the field's order; none for words without one ("mixed").
std::optional<double> rank_of(std::string_view field, std::string_view text);

} // namespace cxstream::model
