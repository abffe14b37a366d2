// ingest_endpoint: cxstream.v1.IngestService over an ingest gate. Thread-safe; gRPC's threads call it.
#pragma once

#include "cxstream/v1/ingest.grpc.pb.h"
#include "ports/services.hpp"
#include "transport/call_guard.hpp"
#include "transport/intake_budget.hpp"
#include "transport/live_streams.hpp"
#include "transport/wire.hpp"

namespace cxstream::transport {

struct ingest_limits {
  batch_limits batch;
  std::uint64_t stream_bytes_max = 16u << 20u; // unanswered bytes at which a stream is read no further
  std::uint64_t node_bytes_max = 256u << 20u;  // the same over all streams
  std::size_t streams_max = 1'024;
};

// Raw methods: a batch's bytes are read by the node, so that one broken event does not spoil its batch.
using raw_ingest_service = v1::IngestService::WithRawCallbackMethod_Publish<
    v1::IngestService::WithRawCallbackMethod_PublishBatch<v1::IngestService::Service>>;

class ingest_endpoint final : public raw_ingest_service {
public:
  ingest_endpoint(ports::ingest_gate& gate, ingest_limits most, call_guard guard);

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Publish(grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* PublishBatch(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;

  // Takes nothing new; open streams end when what they sent is answered.
  void close();

private:
  ports::ingest_gate& gate_;
  const ingest_limits most_;
  const call_guard guard_;
  intake_budget budget_;
  live_streams live_;
};

} // namespace cxstream::transport
