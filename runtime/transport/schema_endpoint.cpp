#include "transport/schema_endpoint.hpp"

#include "transport/unary_call.hpp"

namespace cxstream::transport {

using schema_calls = ports::schema_desk;

grpc::ServerUnaryReactor* schema_endpoint::ListSchemas(grpc::CallbackServerContext* context,
                                                       const v1::ListSchemasRequest* request,
                                                       v1::ListSchemasResponse* response) {
  return ask(guard_, context, ports::permission::read, desk_, &schema_calls::list_schemas, request, response);
}

grpc::ServerUnaryReactor* schema_endpoint::GetSchema(grpc::CallbackServerContext* context,
                                                     const v1::GetSchemaRequest* request,
                                                     v1::GetSchemaResponse* response) {
  return ask(guard_, context, ports::permission::read, desk_, &schema_calls::get_schema, request, response);
}

grpc::ServerUnaryReactor* schema_endpoint::GetSchemaTimeline(grpc::CallbackServerContext* context,
                                                             const v1::GetSchemaTimelineRequest* request,
                                                             v1::GetSchemaTimelineResponse* response) {
  return ask(guard_, context, ports::permission::read, desk_, &schema_calls::get_schema_timeline, request, response);
}

grpc::ServerUnaryReactor* schema_endpoint::AcceptSchema(grpc::CallbackServerContext* context,
                                                        const v1::AcceptSchemaRequest* request,
                                                        v1::AcceptSchemaResponse* response) {
  return ask(guard_, context, ports::permission::operate, desk_, &schema_calls::accept_schema, request, response);
}

} // namespace cxstream::transport
