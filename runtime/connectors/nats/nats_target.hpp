// The nats sink: each event a message in a JetStream stream. Owned by one worker thread.
//
// Invariants:
//  1. Nats-Msg-Id is made of ticket and idempotency key: within its duplicate window the stream keeps an event once.
//  2. Of a ticket one message is under way at a time; messages of different tickets travel together.
//  3. What the stream did not acknowledge is not `delivered`. A connection on which an answer is owed past the timeout
//  is
//     given up, and the next call makes a new one.
#pragma once

#include "connectors/encoding/event_body.hpp"
#include "connectors/nats/nats_session.hpp"
#include "connectors/nats/subject.hpp"
#include "connectors/outcomes.hpp"
#include "security/secrets/secret.hpp"

#include <memory>
#include <string>

namespace cxstream::connectors {

struct nats_sink_settings {
  nats_settings connection; // password and token are filled in when a connection is made
  security::secret password;
  security::secret token;
  subject_template subject;
  std::string stream;                        // the stream that must take it; empty: whichever does
  std::chrono::milliseconds timeout{10'000}; // of a call
  std::size_t batch_events_max = 1'000;
  std::size_t concurrency = 4;
};

class nats_target final : public ports::target {
public:
  nats_target(nats_sink_settings settings, event_body body);

  // Errors: unavailable.
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;

private:
  using time_point = std::chrono::steady_clock::time_point;
  // Events under way, by the number of their message.
  using pending = std::unordered_map<std::uint64_t, std::size_t>;

  // What ends the call: the outcome of everything that is not decided yet. None: go on.
  std::optional<ports::delivery_outcome> run_round(std::span<const ports::delivery> events,
                                                   std::span<const std::size_t> round, base::timestamp now,
                                                   time_point deadline, outcomes& out);
  bool publish(const ports::delivery& event, std::size_t i, base::timestamp now, pending& under_way, outcomes& out);
  std::optional<ports::delivery_outcome> collect(pending& under_way, time_point deadline, outcomes& out);
  ports::delivery_outcome unanswered(bool any_answer);

  nats_sink_settings settings_;
  event_body body_;
  std::unique_ptr<nats_session> session_;
  std::uint64_t next_number_ = 1;
  std::string text_; // of the message at hand; kept for its memory
};

} // namespace cxstream::connectors
