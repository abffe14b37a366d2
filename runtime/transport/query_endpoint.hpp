// query_endpoint: cxstream.v1.QueryService over the node's query service. Thread-safe; gRPC's threads call it.
#pragma once

#include "cxstream/v1/query.grpc.pb.h"
#include "ports/services.hpp"
#include "transport/call_guard.hpp"

namespace cxstream::transport {

class query_endpoint final : public v1::QueryService::CallbackService {
public:
  query_endpoint(ports::query_service& node, call_guard guard) : node_(node), guard_(guard) {
  }

  grpc::ServerUnaryReactor* GetTicket(grpc::CallbackServerContext*, const v1::GetTicketRequest*,
                                      v1::GetTicketResponse*) override;
  grpc::ServerUnaryReactor* GetTicketHistory(grpc::CallbackServerContext*, const v1::GetTicketHistoryRequest*,
                                             v1::GetTicketHistoryResponse*) override;
  grpc::ServerUnaryReactor* SearchTickets(grpc::CallbackServerContext*, const v1::SearchTicketsRequest*,
                                          v1::SearchTicketsResponse*) override;

private:
  ports::query_service& node_;
  const call_guard guard_;
};

} // namespace cxstream::transport
