// repeat_gate: lets one of many like lines through. Pure; the caller locks and gives the time.
//
// Invariants:
//  1. Of a key, one is admitted in every span of `every`; it is told how many were left out since the one before.
//  2. At most keys_max keys are kept; the one admitted longest ago goes first, and with it its count.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::telemetry {

class repeat_gate {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit repeat_gate(std::size_t keys_max = 1'000) : keys_max_(keys_max) {
  }

  // How many were left out before this one; empty when this one is left out too.
  std::optional<std::uint64_t> admit(std::string_view key, std::chrono::seconds every, time_point now);

private:
  struct entry {
    time_point admitted;
    std::uint64_t left_out = 0;
  };
  void make_room();

  const std::size_t keys_max_;
  std::map<std::string, entry, std::less<>> entries_;
};

} // namespace cxstream::telemetry
