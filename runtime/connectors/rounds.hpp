// How a call is sent to a target that answers each event for itself, many at once: in rounds, so that of a ticket one
// event is under way at a time and nothing of it overtakes a failure (C4 of docs/protocols/connector.md). Pure.
#pragma once

#include "ports/target.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxstream::connectors {

// Places of the first event of each ticket, then of the second, and so on; each round in the order given.
inline std::vector<std::vector<std::size_t>> rounds_of(std::span<const ports::delivery> events) {
  std::vector<std::vector<std::size_t>> out;
  std::unordered_map<std::string_view, std::size_t> seen;
  seen.reserve(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto round = seen[events[i].ticket_id]++;
    if (round == out.size())
      out.emplace_back();
    out[round].push_back(i);
  }
  return out;
}

} // namespace cxstream::connectors
