// publish_stream: one Publish call: batches from the client into an ingest session, its answers back.
//
// Invariants:
//  1. It reads on only while its own window and the node's budget have room; a batch counts until its answer was
//  written.
//  2. An answer reaches the client whole or the stream fails; after a failure nothing not yet answered is answered.
//  3. Half-closed by the client, it ends OK when every batch was answered.
#pragma once

#include "ports/services.hpp"
#include "transport/intake_budget.hpp"
#include "transport/intake_window.hpp"
#include "transport/stream_reactor.hpp"
#include "transport/wire.hpp"

#include <string>

namespace cxstream::transport {

class publish_stream final : public stream_reactor, public ports::ingest_listener, public budget_waiter {
public:
  publish_stream(ports::ingest_gate& gate, intake_budget& budget, batch_limits batch, std::uint64_t stream_bytes_max,
                 ports::ingest_client client);

  void on_answer(v1::PublishResponse answer) override;
  void on_failed(base::error why) override;
  void wake() override;
  // Reads no more; ends with UNAVAILABLE when what was read is answered.
  void drain() override;

private:
  void on_start() override;
  void on_message(grpc::ByteBuffer& bytes) override;
  void on_half_close() override;
  void on_written(const outgoing& message) override;
  void after_written() override;
  void on_gone() override;
  void decide() override;

  // Accounts for a batch. Returns false when the stream is ending and the batch must not be submitted.
  bool take(std::uint64_t batch_id, std::uint64_t events, std::uint64_t bytes);

  ports::ingest_gate& gate_;
  intake_budget& budget_;
  const batch_limits batch_;
  const ports::ingest_client client_;
  std::shared_ptr<ports::ingest_session> session_; // set before the first read, reset when all is over
  intake_window window_;
  std::uint64_t released_bytes_ = 0; // answered, not yet given back to the budget
  bool half_closed_ = false;
  bool draining_ = false;
  bool waiting_ = false; // for the budget to wake it
};

} // namespace cxstream::transport
