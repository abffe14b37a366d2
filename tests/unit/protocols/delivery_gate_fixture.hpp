// A delivery gate and what the tests of it do to it.
#pragma once

#include "protocols/delivery_gate.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace cxstream::protocols {

using namespace std::chrono_literals;
using ports::breaker_state;
using result = ports::delivery_result;

class delivery_gate_scenario : public ::testing::Test {
protected:
  void start(gate_limits limits = {1, 1, 100}, breaker_policy policy = {}) {
    gate.emplace(limits, policy);
  }
  // A batch with one event of each ticket.
  bool offer(const std::vector<std::string>& tickets, std::uint16_t partition = 0) {
    offered_batch batch{base::partition_id{partition}, ++deliveries, {}};
    for (const auto& ticket : tickets)
      batch.events.push_back(
          {batch.partition, base::log_offset{++offsets}, base::ticket_sequence{offsets}, ticket, "bytes", 1, false});
    return gate->offer(std::move(batch), now, fx);
  }
  void answer(std::uint64_t call, const std::vector<result>& results,
              std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
    std::vector<ports::delivery_outcome> outcomes;
    for (auto r : results)
      outcomes.push_back({r, r == result::delivered ? "" : "it failed", retry_after});
    fx = {};
    gate->on_answer(call, outcomes, now, 1.0, fx);
  }
  // Answers the last call made.
  void answer(const std::vector<result>& results) {
    answer(fx.calls.back().id, results);
  }
  void timer() {
    fx = {};
    gate->on_timer(now, fx);
  }
  void let_it_open() {
    offer({"x"});
    offer({"y"});
    answer({result::unreachable});
    answer({result::unreachable});
    ASSERT_EQ(gate->state(), breaker_state::open);
  }
  std::vector<std::string> called() const {
    std::vector<std::string> tickets;
    for (const auto& call : fx.calls)
      for (const auto& event : *call.events)
        tickets.push_back(event.ticket_id);
    return tickets;
  }
  std::vector<result> given_back() const {
    std::vector<result> out;
    for (const auto& back : fx.answers)
      for (const auto& event : back.events)
        out.push_back(event.outcome.result);
    return out;
  }

  base::timestamp now = base::from_us(1'000'000);
  std::uint64_t deliveries = 0;
  std::uint64_t offsets = 0;
  std::optional<delivery_gate> gate;
  gate_effects fx;
};

} // namespace cxstream::protocols
