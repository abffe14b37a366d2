// The store of the sink_lanes simulation: what was written, and nothing else, survives a crash.
#pragma once

#include "protocols/sink_lanes.hpp"

#include <map>
#include <string>
#include <utility>

namespace cxstream::sim {

struct sim_disk {
  using waiting_key = std::pair<std::string, std::uint64_t>; // ticket, offset

  v1::SinkCursor cursor;
  std::map<waiting_key, v1::WaitingEntry> waiting;
  std::map<std::uint64_t, protocols::put_dead_letter> dead;

  void apply(const protocols::sink_effects& fx) {
    for (const auto& write : fx.writes)
      std::visit([this](const auto& w) { put(w); }, write);
    if (fx.cursor)
      cursor = *fx.cursor;
  }

  std::vector<protocols::restored_lane> lanes() const {
    std::vector<protocols::restored_lane> out;
    for (const auto& [key, entry] : waiting) {
      if (out.empty() || out.back().ticket_id != key.first)
        out.push_back({key.first, base::log_offset{key.second}, entry, 0});
      auto& lane = out.back();
      ++lane.waiting;
      lane.last = protocols::tail_of(base::log_offset{key.second}, entry);
    }
    return out;
  }

private:
  void put(const protocols::put_waiting& w) {
    waiting[{w.ticket_id, w.offset.value}] = w.entry;
  }
  void put(const protocols::erase_waiting& w) {
    waiting.erase({w.ticket_id, w.offset.value});
  }
  void put(const protocols::put_dead_letter& w) {
    dead.insert_or_assign(w.offset.value, w);
  }
  void put(const protocols::erase_dead_letter& w) {
    dead.erase(w.offset.value);
  }
  void put(const protocols::erase_all_waiting&) {
    waiting.clear();
  }
  void put(const protocols::erase_dead_letters_from& w) {
    dead.erase(dead.lower_bound(w.offset.value), dead.end());
  }
};

} // namespace cxstream::sim
