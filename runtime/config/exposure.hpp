// Which of a node's doors can be reached from other machines, and whether they have locks. Pure.
#pragma once

#include "config/config.hpp"

#include <string>
#include <string_view>

namespace cxstream::config {

// "127.0.0.1:7400", "[::1]:7400", "localhost:7400". Every other name or address may lead further.
bool is_loopback(std::string_view listen);

// What is wrong with letting this node listen as it is configured, and what to do; empty when nothing is. Metrics and
// health are a door of their own and need no lock.
std::string unlocked_door(const node_config& config);

} // namespace cxstream::config
