// How the checks hand events to a connector: as the node does, so a call never carries two events of a ticket where the
// traits forbid it, what is deferred comes again when its time has come, and what hangs is given up.
#pragma once

#include "conformance/judge.hpp"
#include "conformance/world.hpp"
#include "unit/connectors/deliveries.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cxstream::conformance {

using connectors_test::log_of_events;
using ports::delivery_result;
using events = std::vector<ports::delivery>;
using outcomes = std::vector<ports::delivery_outcome>;

// One deliver(), or, where the target takes one event of a ticket a call, as many as it needs; and more for what the
// connector defers.
outcomes hand_over(world& w, ports::target& target, const events& what);

// As hand_over(), given up at twice the world's patience: then the world's troubles are ended and nothing is said.
std::optional<outcomes> hand_over_in_time(world& w, ports::target& target, const events& what);

// The longest pause that any of them asks for; nothing when none does.
std::optional<std::chrono::milliseconds> longest_pause(const outcomes& got);

// n events of each ticket, taking turns.
events interleaved(log_of_events& log, const std::vector<std::string>& tickets, std::size_t n);
// T0 … T<n-1>
std::vector<std::string> tickets(std::size_t n);
// An event whose bytes are none.
ports::delivery unreadable(ports::delivery event);

// Opens a connector that has to open.
std::unique_ptr<ports::target> opened(world& w, judge& j);

// sequences held of each ticket, in the target's order.
std::map<std::string, std::vector<std::uint64_t>> sequences(const std::vector<held_event>& held);
// Times that an event is held: 0, 1, or more; repeats that bear the same mark count once where the target is only told.
std::size_t times_held(world& w, const std::vector<held_event>& held, const ports::delivery& event);
// Whether every event is held once; for a target that keeps state: the last of each ticket.
bool holds_once(world& w, const events& what);

bool all_are(const outcomes& got, delivery_result result);
std::string text_of(const outcomes& got);

} // namespace cxstream::conformance
