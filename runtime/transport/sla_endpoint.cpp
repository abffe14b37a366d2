#include "transport/sla_endpoint.hpp"

#include "transport/unary_call.hpp"

namespace cxstream::transport {

grpc::ServerUnaryReactor* sla_endpoint::GetSla(grpc::CallbackServerContext* context, const v1::GetSlaRequest* request,
                                               v1::GetSlaResponse* response) {
  return ask(guard_, context, ports::permission::read, desk_, &ports::sla_desk::get_sla, request, response);
}

} // namespace cxstream::transport
