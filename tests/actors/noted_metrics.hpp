// Metrics that an actor under test reports, added up.
#pragma once

#include "ports/metrics.hpp"

namespace cxstream::actors {

struct noted_metrics final : ports::no_metrics {
  std::uint64_t events_delivered = 0, events_retried = 0, events_dead = 0, lag_events = 0;
  std::int64_t events_waiting = 0;
  std::chrono::duration<double> lag_age{0};

  void delivered(std::string_view, std::uint64_t events) override {
    events_delivered += events;
  }
  void retried(std::string_view, std::uint64_t events) override {
    events_retried += events;
  }
  void dead(std::string_view, std::uint64_t events) override {
    events_dead += events;
  }
  void waiting(std::string_view, std::int64_t change) override {
    events_waiting += change;
  }
  void lag(std::string_view, std::uint64_t events, std::chrono::duration<double> age) override {
    lag_events = events;
    lag_age = age;
  }
};

} // namespace cxstream::actors
