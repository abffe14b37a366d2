// sla_endpoint: cxstream.v1.SlaService over the desk of the sinks' service levels. Thread-safe; gRPC's threads call it.
#pragma once

#include "cxstream/v1/sla.grpc.pb.h"
#include "ports/sla_desk.hpp"
#include "transport/call_guard.hpp"

namespace cxstream::transport {

class sla_endpoint final : public v1::SlaService::CallbackService {
public:
  sla_endpoint(ports::sla_desk& desk, call_guard guard) : desk_(desk), guard_(guard) {
  }

  grpc::ServerUnaryReactor* GetSla(grpc::CallbackServerContext*, const v1::GetSlaRequest*,
                                   v1::GetSlaResponse*) override;

private:
  ports::sla_desk& desk_;
  const call_guard guard_;
};

} // namespace cxstream::transport
