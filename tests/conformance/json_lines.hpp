// Events as one JSON object a line, as files and lakes have them.
#pragma once

#include "conformance/world.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace cxstream::conformance {

inline void add_lines(const std::string& bytes, std::vector<held_event>& out) {
  std::istringstream lines(bytes);
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line);
    out.push_back({event.at("ticket_id"), event.at("ticket_sequence"), event.at("idempotency_key")});
  }
}

} // namespace cxstream::conformance
