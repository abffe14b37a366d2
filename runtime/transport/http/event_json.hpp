// One canonical event out of its JSON form. Pure; thread-safe.
#pragma once

#include "ports/payload.hpp"

#include "cxstream/v1/event.pb.h"

#include <string>
#include <string_view>
#include <variant>

namespace cxstream::transport {

// Protobuf's JSON, with names as in the contract ("ticket_id") or in camel case ("ticketId"); unknown names are
// refused. `json` is valid JSON. What is refused has no record yet.
std::variant<v1::CanonicalEvent, ports::payload_refusal> event_of_json(std::string_view json);

} // namespace cxstream::transport
