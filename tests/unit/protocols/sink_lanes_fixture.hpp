// A sink_lanes with its effects at hand, for scenarios.
#pragma once

#include "protocols/sink_lanes.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace cxstream::protocols {

class sink_lanes_scenario : public ::testing::Test {
protected:
  using result = ports::delivery_result;

  void start(sink_limits limits, retry_policy retry = {}, v1::SinkCursor cursor = {},
             std::vector<restored_lane> found = {}) {
    lanes.emplace(base::partition_id{3}, limits, retry, cursor, std::move(found));
  }
  // Events of the given tickets at the next offsets; "-" is an event that is not wanted.
  void read(const std::vector<std::string>& tickets) {
    history_page page{lanes->read_to(), {}, {}};
    auto offset = page.from.value;
    for (const auto& ticket : tickets)
      page.events.push_back(
          {base::log_offset{offset++}, base::ticket_sequence{++sequence[ticket]}, ticket, "bytes", ticket != "-"});
    page.next = base::log_offset{offset};
    fx = {};
    lanes->on_history(std::move(page), now, fx);
  }
  // The given outcomes for the first events of the delivery.
  void answer(std::uint64_t delivery, const std::vector<result>& results) {
    std::vector<settled_event> settled;
    for (std::uint32_t i = 0; i < results.size(); ++i)
      settled.push_back({i, {results[i], results[i] == result::delivered ? "" : "it failed", std::nullopt}});
    fx = {};
    lanes->on_outcomes(delivery, settled, now, 1.0, fx);
  }
  void due() {
    fx = {};
    lanes->on_due(now, fx);
  }
  void load(std::uint64_t id, std::uint64_t offset, std::uint32_t attempts = 0) {
    v1::WaitingEntry entry;
    entry.set_attempts(attempts);
    fx = {};
    lanes->on_loaded(id, {base::log_offset{offset}, base::ticket_sequence{offset + 1}, "bytes", entry}, now, fx);
  }
  // Offsets of each delivery of the last call.
  std::vector<std::vector<std::uint64_t>> sent() const {
    std::vector<std::vector<std::uint64_t>> out;
    for (const auto& delivery : fx.deliveries) {
      out.emplace_back();
      for (const auto& event : delivery.events)
        out.back().push_back(event.offset.value);
    }
    return out;
  }
  std::uint64_t last_delivery() const {
    return fx.deliveries.back().id;
  }
  template <class Write>
  std::vector<Write> writes() const {
    std::vector<Write> out;
    for (const auto& write : fx.writes)
      if (const auto* found = std::get_if<Write>(&write))
        out.push_back(*found);
    return out;
  }

  base::timestamp now = base::from_us(1'000'000);
  std::map<std::string, std::uint64_t> sequence;
  std::optional<sink_lanes> lanes;
  sink_effects fx;
};

} // namespace cxstream::protocols
