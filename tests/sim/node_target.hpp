// A target outside the node, with moods: it fails, chokes, is away, takes an event and loses the answer. What it took
// stays taken, whatever becomes of the node.
#pragma once

#include "sim/node_checker.hpp"
#include "sim/node_process.hpp"

#include "ports/target.hpp"

#include <string>

namespace cxstream::sim {

// What a target is like, and what became of the calls.
struct target_nature {
  std::string sink;
  double transient = 0, permanent = 0, unreachable = 0, throttled = 0, answer_lost = 0; // chances
  bool down = false;
  bool lies = false;     // a mutant: says delivered and takes nothing
  bool reverses = false; // a mutant: takes a call's events in the wrong order
  std::uint64_t calls = 0, failures = 0, retries = 0, away = 0;
};

class node_target final : public ports::target {
public:
  node_target(target_nature& nature, node_checker& checker, dice& d, std::shared_ptr<life> node_life)
      : nature_(nature), checker_(checker), dice_(d), life_(std::move(node_life)) {
  }

  base::result<void> open() override {
    if (dice_.chance(nature_.unreachable))
      return base::error{base::error_code::unavailable, "not now"};
    return {};
  }
  base::result<std::vector<ports::target_position>> positions() override {
    return std::vector<ports::target_position>{};
  }
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override {
  }

private:
  ports::delivery_outcome outcome_of(const ports::delivery& event);
  void take(const ports::delivery& event);

  target_nature& nature_;
  node_checker& checker_;
  dice& dice_;
  std::shared_ptr<life> life_;
};

} // namespace cxstream::sim
