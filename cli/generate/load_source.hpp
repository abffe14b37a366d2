// One stream of invented events as batches for the publisher, and the measure of its answers. Owned by one thread, but
// for what is marked as shared.
#pragma once

#include "client/latency_histogram.hpp"
#include "client/publisher.hpp"
#include "sources/files/import_ledger.hpp"
#include "sources/synthetic/synthetic_stream.hpp"

#include <atomic>
#include <optional>

namespace cxstream::cli {

struct load_plan {
  sources::synthetic_plan events;
  std::uint64_t count = 0;                       // 0: no end
  std::optional<client::steady_time> until = {}; // then it ends
  double rate = 0;                               // events a second; 0: as fast as they go
  std::uint32_t batch = 512;
  bool live_clock = false; // occurred_at is now; else it runs from simulated_start, a millisecond an event
};

// occurred_at of the first event: fixed, so that a seed always makes the same events.
inline constexpr auto simulated_start = base::timestamp(std::chrono::seconds(1'735'689'600)); // 2025-01-01

// occurred_at of event `number` of a stream.
base::timestamp occurred_at(const load_plan& plan, std::uint64_t number);

class load_source final : public client::batch_source, public client::publish_observer {
public:
  explicit load_source(const load_plan& plan) : plan_(plan), stream_(plan.events) {
  }

  client::next_batch next(std::uint32_t events_max, client::steady_time now) override;
  void on_answer(const client::event_batch& batch, const v1::PublishResponse& answer, client::steady_time now) override;
  void on_retry(const grpc::Status& why, std::chrono::milliseconds pause) override;

  // Shared: how many events were answered so far, by any thread.
  std::uint64_t acknowledged() const {
    return acknowledged_.load(std::memory_order_relaxed);
  }
  const sources::import_counts& outcomes() const {
    return outcomes_;
  }
  const sources::synthetic_counts& made() const {
    return stream_.counts();
  }
  // From when an event was due to its answer.
  const client::latency_histogram& latency() const {
    return latency_;
  }
  std::uint64_t bytes() const {
    return bytes_;
  }
  std::uint64_t retries() const {
    return retries_;
  }

private:
  load_plan plan_;
  sources::synthetic_stream stream_;
  std::optional<client::steady_time> began_;
  std::uint64_t next_id_ = 1;
  client::batch_builder builder_; // kept for its memory
  std::atomic<std::uint64_t> acknowledged_{0};
  sources::import_counts outcomes_;
  client::latency_histogram latency_;
  std::uint64_t bytes_ = 0;
  std::uint64_t retries_ = 0;
};

} // namespace cxstream::cli
