// Feedback of those who got a delivery, as events of the ticket. Pure.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include "cxstream/v1/event.pb.h"

#include <optional>
#include <string>
#include <string_view>

namespace cxstream::model {

constexpr std::string_view false_positive_type = "feedback.false_positive";
constexpr std::string_view own_source_system = "cxstream"; // of events that cxstream makes itself

// "What this sink told about this event was wrong." The same delivery makes the same event, so that a second click is a
// duplicate. It says nothing about the ticket's fields. `told_at`: when the event told about became durable.
v1::CanonicalEvent false_positive(std::string_view sink, std::string_view ticket_id, base::ticket_sequence sequence,
                                  base::timestamp told_at);

// What such an event is about; none for other events.
struct flagged_delivery {
  std::string sink;
  base::ticket_sequence sequence;
};
std::optional<flagged_delivery> flagged_by(const v1::CanonicalEvent& event);

} // namespace cxstream::model
