// subscribe_endpoint: cxstream.v1.SubscribeService over a subscriber gate. Thread-safe; gRPC's threads call it.
#pragma once

#include "cxstream/v1/subscribe.grpc.pb.h"
#include "ports/services.hpp"
#include "transport/call_guard.hpp"
#include "transport/live_streams.hpp"
#include "transport/subscribe_stream.hpp"

namespace cxstream::transport {

// Raw method: events go out as the bytes the node keeps.
using raw_subscribe_service = v1::SubscribeService::WithRawCallbackMethod_Subscribe<v1::SubscribeService::Service>;

class subscribe_endpoint final : public raw_subscribe_service {
public:
  subscribe_endpoint(ports::subscriber_gate& gate, subscribe_limits most, call_guard guard)
      : gate_(gate), most_(most), guard_(guard), live_(most.streams_max) {
  }

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
  Subscribe(grpc::CallbackServerContext* context) override {
    // The context lives as long as the stream reads.
    const auto check = [this, context](const std::string& name) {
      return guard_.check(*context, ports::permission::subscribe, name);
    };
    return stream_reactor::launch(std::make_shared<subscribe_stream>(gate_, most_, check), live_);
  }

  // Takes nothing new and ends the open streams.
  void close() {
    live_.close();
  }

private:
  ports::subscriber_gate& gate_;
  const subscribe_limits most_;
  const call_guard guard_;
  live_streams live_;
};

} // namespace cxstream::transport
