// Metrics that pass everything on to others; a base for those that want to hear some of it on the way. As thread-safe
// as what they pass it to.
#pragma once

#include "ports/metrics.hpp"

namespace cxstream::ports {

class metrics_relay : public metrics {
public:
  explicit metrics_relay(metrics& to) : to_(to) {
  }

  void received(std::string_view source_system, std::uint64_t events) override {
    to_.received(source_system, events);
  }
  void accepted(std::uint64_t events) override {
    to_.accepted(events);
  }
  void late(std::uint64_t events) override {
    to_.late(events);
  }
  void duplicates(std::uint64_t events) override {
    to_.duplicates(events);
  }
  void conflicts(std::uint64_t events) override {
    to_.conflicts(events);
  }
  void rejected(std::string_view reason, std::uint64_t events) override {
    to_.rejected(reason, events);
  }
  void group_commit(std::uint64_t entries, std::uint64_t bytes, std::chrono::duration<double> sync_time) override {
    to_.group_commit(entries, bytes, sync_time);
  }
  void live_tickets(std::int64_t change) override {
    to_.live_tickets(change);
  }
  void live_actors(std::int64_t change) override {
    to_.live_actors(change);
  }
  void streams(std::int64_t change) override {
    to_.streams(change);
  }
  void delivered(std::string_view sink, std::uint64_t events) override {
    to_.delivered(sink, events);
  }
  void filtered(std::string_view sink, std::uint64_t events) override {
    to_.filtered(sink, events);
  }
  void retried(std::string_view sink, std::uint64_t events) override {
    to_.retried(sink, events);
  }
  void dead(std::string_view sink, std::uint64_t events) override {
    to_.dead(sink, events);
  }
  void waiting(std::string_view sink, std::int64_t change) override {
    to_.waiting(sink, change);
  }
  void lag(std::string_view sink, std::uint64_t events, std::chrono::duration<double> age) override {
    to_.lag(sink, events, age);
  }
  void breaker(std::string_view sink, breaker_state state) override {
    to_.breaker(sink, state);
  }
  void coalesced(std::string_view sink, std::uint64_t events) override {
    to_.coalesced(sink, events);
  }
  void reconciled(std::string_view sink, const reconciliation_counts& counts, base::timestamp now) override {
    to_.reconciled(sink, counts, now);
  }
  void allowance(std::string_view sink, std::uint64_t concurrency, std::uint64_t spent, std::uint64_t budget) override {
    to_.allowance(sink, concurrency, spent, budget);
  }
  void dead_letters(std::string_view stage, std::string_view sink, std::uint64_t letters,
                    std::chrono::duration<double> oldest) override {
    to_.dead_letters(stage, sink, letters, oldest);
  }
  void discarded(std::string_view stage, std::string_view sink, std::uint64_t letters) override {
    to_.discarded(stage, sink, letters);
  }
  void latency(std::string_view sink, base::timestamp occurred, base::timestamp received,
               base::timestamp delivered) override {
    to_.latency(sink, occurred, received, delivered);
  }
  std::chrono::duration<double> received_to_delivered(std::string_view sink, double quantile) const override {
    return to_.received_to_delivered(sink, quantile);
  }

private:
  metrics& to_;
};

} // namespace cxstream::ports
