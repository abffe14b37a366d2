// publish_call: one PublishBatch call: an ingest session for a single batch. Owned like any unary_call.
#pragma once

#include "ports/services.hpp"
#include "transport/intake_budget.hpp"
#include "transport/unary_call.hpp"
#include "transport/wire.hpp"

#include <cstdint>
#include <string>

namespace cxstream::transport {

class publish_call final : public unary_call<grpc::ByteBuffer>, public ports::ingest_listener {
public:
  // Submits the batch. Returns what the service method must return.
  static grpc::ServerUnaryReactor* start(ports::ingest_gate& gate, intake_budget& budget, const batch_limits& most,
                                         grpc::ByteBuffer request, grpc::ByteBuffer* response,
                                         ports::ingest_client client);

  // The call holds its bytes of the budget from construction until gRPC is done with it.
  publish_call(intake_budget& budget, std::uint64_t bytes, grpc::ByteBuffer* response);

  void on_answer(v1::PublishResponse response) override;
  void on_failed(base::error why) override;

private:
  void on_gone() override;

  intake_budget& budget_;
  const std::uint64_t bytes_;
  std::shared_ptr<ports::ingest_session> session_; // set before gRPC may be done, reset then
};

} // namespace cxstream::transport
