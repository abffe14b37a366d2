// Events for the tests of the core: plain ones made by hand, and seeded streams with repeats, conflicts, disorder,
// cleared fields and moved accounts.
#pragma once

#include "protocols/log_batch.hpp"

#include "cxstream/v1/event.pb.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::support {

// 2026-01-02T03:04:05Z.
inline constexpr std::int64_t day_one_s = 1'767'323'045;

// A valid event that sets nothing but what is required.
v1::CanonicalEvent plain_event(std::string_view ticket, std::string_view key, std::int64_t seconds_after_day_one = 0);
// An event that has something in every column of a warehouse. n is its version, its second, and in its key.
v1::CanonicalEvent full_event(const std::string& ticket, std::uint64_t n);
// The event as ingest would append it.
protocols::log_entry entry_of(const v1::CanonicalEvent& event);

class event_maker {
public:
  event_maker(std::uint64_t seed, std::size_t tickets);

  // A new event, or one that was made before, or one with an old key and other content.
  v1::CanonicalEvent next();
  // A new event with a revision that no other event of this maker has.
  v1::CanonicalEvent next_new();
  // Repeats (also of conflicting events) and conflicts made so far.
  std::uint64_t repeats() const {
    return repeats_;
  }
  std::uint64_t conflicts() const {
    return conflicts_;
  }

private:
  std::uint64_t below(std::uint64_t n) {
    return random_() % n;
  }
  void say_something(v1::CanonicalEvent& event);
  void clear_something(v1::CanonicalEvent& event);

  std::mt19937_64 random_;
  std::size_t tickets_;
  std::uint64_t made_ = 0;
  std::uint64_t repeats_ = 0;
  std::uint64_t conflicts_ = 0;
  std::vector<v1::CanonicalEvent> past_;
};

} // namespace cxstream::support
