// Evidence links that lead nowhere any more, as events of the ticket. Pure.
#pragma once

#include "base/ids.hpp"

#include "cxstream/v1/event.pb.h"

#include <optional>
#include <string_view>

namespace cxstream::model {

constexpr std::string_view broken_evidence_type = "evidence.broken";

// "The evidence_url of this event answered so." The same finding makes the same event. It says nothing about the
// ticket's fields: the link itself is in the event that it is about. `event`: with its pipeline fields.
v1::CanonicalEvent broken_evidence(const v1::CanonicalEvent& event, int http_status);

struct broken_link {
  base::ticket_sequence sequence; // of the event with the link
  int http_status = 0;
};
// What such an event says; none for other events.
std::optional<broken_link> broken_link_in(const v1::CanonicalEvent& event);

} // namespace cxstream::model
