// What the node counts. Thread-safe; cheap enough for the hot path when called once a batch.
// Names on the wire are in telemetry/prometheus_metrics.cpp.
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace cxstream::ports {

enum class breaker_state : std::uint8_t { closed, open, half_open };

// What a comparison of a sink's target with what it should hold came to, in tickets.
struct reconciliation_counts {
  bool completed = false; // else nothing is known
  std::uint64_t missing = 0;
  std::uint64_t stale = 0;
  std::uint64_t altered = 0;
  std::uint64_t extra = 0;
  std::uint64_t mended = 0;
};

class metrics {
public:
  virtual ~metrics() = default;

  // Intake, counted in events.
  virtual void received(std::string_view source_system, std::uint64_t events) = 0;
  virtual void accepted(std::uint64_t events) = 0;
  virtual void late(std::uint64_t events) = 0;
  virtual void duplicates(std::uint64_t events) = 0;
  virtual void conflicts(std::uint64_t events) = 0;
  virtual void rejected(std::string_view reason, std::uint64_t events) = 0;
  // One group commit: log entries and bytes it made durable, and how long write + fsync took.
  virtual void group_commit(std::uint64_t entries, std::uint64_t bytes, std::chrono::duration<double> sync_time) = 0;
  virtual void live_tickets(std::int64_t change) = 0;
  virtual void live_actors(std::int64_t change) = 0;
  virtual void streams(std::int64_t change) = 0;

  // Sinks.
  virtual void delivered(std::string_view sink, std::uint64_t events) = 0;
  virtual void filtered(std::string_view sink, std::uint64_t events) = 0;
  virtual void retried(std::string_view sink, std::uint64_t events) = 0;
  virtual void dead(std::string_view sink, std::uint64_t events) = 0;
  virtual void waiting(std::string_view sink, std::int64_t change) = 0;
  virtual void lag(std::string_view sink, std::uint64_t events, std::chrono::duration<double> age) = 0;
  virtual void breaker(std::string_view sink, breaker_state state) = 0;
  // Events that another of their ticket carried.
  virtual void coalesced(std::string_view sink, std::uint64_t events) = 0;
  // Calls that may run side by side now; requests of the day's budget spent, and the budget (0: there is none).
  virtual void allowance(std::string_view sink, std::uint64_t concurrency, std::uint64_t spent,
                         std::uint64_t budget) = 0;
  // Dead letters there are, by stage and (stage DELIVERY) sink, and the age of the oldest.
  virtual void dead_letters(std::string_view stage, std::string_view sink, std::uint64_t letters,
                            std::chrono::duration<double> oldest) = 0;
  // Dead letters that a person gave up.
  virtual void discarded(std::string_view stage, std::string_view sink, std::uint64_t letters) = 0;
  virtual void latency(std::string_view sink, base::timestamp occurred, base::timestamp received,
                       base::timestamp delivered) = 0;
  virtual void reconciled(std::string_view sink, const reconciliation_counts& counts, base::timestamp now) = 0;
  // received→delivered latency of a sink since the start, estimated from the histogram; 0 when nothing was delivered.
  virtual std::chrono::duration<double> received_to_delivered(std::string_view sink, double quantile) const = 0;
};

// Counts nothing; for tests and tools, and a base for those that count a few things.
class no_metrics : public metrics {
public:
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
  void delivered(std::string_view, std::uint64_t) override {
  }
  void filtered(std::string_view, std::uint64_t) override {
  }
  void retried(std::string_view, std::uint64_t) override {
  }
  void dead(std::string_view, std::uint64_t) override {
  }
  void waiting(std::string_view, std::int64_t) override {
  }
  void lag(std::string_view, std::uint64_t, std::chrono::duration<double>) override {
  }
  void breaker(std::string_view, breaker_state) override {
  }
  void coalesced(std::string_view, std::uint64_t) override {
  }
  void allowance(std::string_view, std::uint64_t, std::uint64_t, std::uint64_t) override {
  }
  void dead_letters(std::string_view, std::string_view, std::uint64_t, std::chrono::duration<double>) override {
  }
  void discarded(std::string_view, std::string_view, std::uint64_t) override {
  }
  void latency(std::string_view, base::timestamp, base::timestamp, base::timestamp) override {
  }
  void reconciled(std::string_view, const reconciliation_counts&, base::timestamp) override {
  }
  std::chrono::duration<double> received_to_delivered(std::string_view, double) const override {
    return {};
  }
};

} // namespace cxstream::ports
