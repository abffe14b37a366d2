// schema_endpoint: cxstream.v1.SchemaService over the desk of the sources' contracts. Thread-safe; gRPC's threads call
// it.
#pragma once

#include "cxstream/v1/schema.grpc.pb.h"
#include "ports/schema_desk.hpp"
#include "transport/call_guard.hpp"

namespace cxstream::transport {

class schema_endpoint final : public v1::SchemaService::CallbackService {
public:
  schema_endpoint(ports::schema_desk& desk, call_guard guard) : desk_(desk), guard_(guard) {
  }

  grpc::ServerUnaryReactor* ListSchemas(grpc::CallbackServerContext*, const v1::ListSchemasRequest*,
                                        v1::ListSchemasResponse*) override;
  grpc::ServerUnaryReactor* GetSchema(grpc::CallbackServerContext*, const v1::GetSchemaRequest*,
                                      v1::GetSchemaResponse*) override;
  grpc::ServerUnaryReactor* GetSchemaTimeline(grpc::CallbackServerContext*, const v1::GetSchemaTimelineRequest*,
                                              v1::GetSchemaTimelineResponse*) override;
  grpc::ServerUnaryReactor* AcceptSchema(grpc::CallbackServerContext*, const v1::AcceptSchemaRequest*,
                                         v1::AcceptSchemaResponse*) override;

private:
  ports::schema_desk& desk_;
  const call_guard guard_;
};

} // namespace cxstream::transport
