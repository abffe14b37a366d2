#include "transport/ingest_endpoint.hpp"

#include "transport/publish_call.hpp"
#include "transport/publish_stream.hpp"

namespace cxstream::transport {

ingest_endpoint::ingest_endpoint(ports::ingest_gate& gate, ingest_limits most, call_guard guard)
    : gate_(gate), most_(most), guard_(guard), budget_(most.node_bytes_max), live_(most.streams_max) {
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
ingest_endpoint::Publish(grpc::CallbackServerContext* context) {
  auto allowed = guard_.check(*context, ports::permission::ingest);
  if (!allowed)
    return stream_reactor::refused(allowed.err());
  auto stream = std::make_shared<publish_stream>(gate_, budget_, most_.batch, most_.stream_bytes_max,
                                                 ports::ingest_client{context->peer(), std::move(allowed->sources)});
  return stream_reactor::launch(std::move(stream), live_);
}

grpc::ServerUnaryReactor* ingest_endpoint::PublishBatch(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  if (live_.closed())
    return refuse_call(*context,
                       {base::error_code::unavailable, "the node is shutting down: try again, here or elsewhere"});
  auto allowed = guard_.check(*context, ports::permission::ingest);
  if (!allowed)
    return refuse_call(*context, allowed.err());
  return publish_call::start(gate_, budget_, most_.batch, *request, response,
                             {context->peer(), std::move(allowed->sources)});
}

void ingest_endpoint::close() {
  live_.close();
}

} // namespace cxstream::transport
