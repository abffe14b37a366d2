// Metrics that an actor under test reports, added up.
#pragma once

#include "ports/metrics.hpp"

namespace cxstream::actors {

struct noted_metrics final : ports::metrics {
  std::uint64_t events_delivered = 0, events_retried = 0, events_dead = 0, lag_events = 0;
  std::int64_t events_waiting = 0;
  std::chrono::duration<double> lag_age{0};

  void received(std::string_view, std::uint64_t) override {
  }
  void accepted(std::uint64_t) override {
  }
  void late(std::uint64_t) override {
  }
  void duplicates(std::uint64_t) override {
  }
  void conflicts(std::uint64_t) override {
  }
  void rejected(std::string_view, std::uint64_t) override {
  }
  void group_commit(std::uint64_t, std::uint64_t, std::chrono::duration<double>) override {
  }
  void live_tickets(std::int64_t) override {
  }
  void live_actors(std::int64_t) override {
  }
  void streams(std::int64_t) override {
  }
  void delivered(std::string_view, std::uint64_t events) override {
    events_delivered += events;
  }
  void filtered(std::string_view, std::uint64_t) override {
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
  void breaker(std::string_view, ports::breaker_state) override {
  }
  void latency(std::string_view, base::timestamp, base::timestamp, base::timestamp) override {
  }
  std::chrono::duration<double> received_to_delivered(std::string_view, double) const override {
    return {};
  }
};

} // namespace cxstream::actors
