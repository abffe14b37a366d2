// Streams batches to a node until their source has no more and every one is answered: credit, lost connections, busy
// nodes. One thread does it all.
#pragma once

#include "base/credit.hpp"
#include "client/publish_window.hpp"

#include "cxstream/v1/ingest.pb.h"

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <memory>
#include <variant>

namespace cxstream::client {

using steady_time = std::chrono::steady_clock::time_point;

struct no_more_batches {};
// There will be one at this time.
struct batch_later {
  steady_time at;
};
using next_batch = std::variant<event_batch, batch_later, no_more_batches>;

class batch_source {
public:
  virtual ~batch_source() = default;
  // The next batch, of at most `events_max` (at least 1) events, with an id higher than all before.
  virtual next_batch next(std::uint32_t events_max, steady_time now) = 0;
};

class publish_observer {
public:
  virtual ~publish_observer() = default;
  virtual void on_answer(const event_batch& batch, const v1::PublishResponse& answer, steady_time now) = 0;
  // The node is away or busy; the stream is opened again after `pause`.
  virtual void on_retry(const grpc::Status& why, std::chrono::milliseconds pause) = 0;
};

struct publish_limits {
  std::uint32_t in_flight_events = base::credit_events_default;
  std::chrono::milliseconds first_contact{5'000}; // how long to try to reach a node at all
  std::chrono::milliseconds patience{60'000};     // how long to go on without any answer
  std::chrono::milliseconds backoff_initial{100};
  std::chrono::milliseconds backoff_max{5'000};
};

class publisher {
public:
  publisher(std::shared_ptr<grpc::Channel> channel, const publish_limits& limits, const std::atomic<bool>& stop);

  // OK: all was answered. CANCELLED: stopped. Otherwise why it was given up.
  grpc::Status run(batch_source& source, publish_observer& observer);

private:
  class stream;

  std::chrono::milliseconds patience() const;
  bool wait(std::chrono::milliseconds pause) const;

  std::shared_ptr<grpc::Channel> channel_;
  publish_limits limits_;
  const std::atomic<bool>& stop_;
  publish_window window_;
  bool finished_ = false; // the source has no more
  steady_time heard_at_;  // when the node last answered, or when it began
  bool reached_ = false;  // something was ever sent
};

} // namespace cxstream::client
