#include "transport/query_endpoint.hpp"

#include "transport/unary_call.hpp"

namespace cxstream::transport {

using query_calls = ports::query_service;

grpc::ServerUnaryReactor* query_endpoint::GetTicket(grpc::CallbackServerContext* context,
                                                    const v1::GetTicketRequest* request,
                                                    v1::GetTicketResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &query_calls::get_ticket, request, response);
}

grpc::ServerUnaryReactor* query_endpoint::GetTicketHistory(grpc::CallbackServerContext* context,
                                                           const v1::GetTicketHistoryRequest* request,
                                                           v1::GetTicketHistoryResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &query_calls::get_ticket_history, request, response);
}

grpc::ServerUnaryReactor* query_endpoint::SearchTickets(grpc::CallbackServerContext* context,
                                                        const v1::SearchTicketsRequest* request,
                                                        v1::SearchTicketsResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &query_calls::search_tickets, request, response);
}

} // namespace cxstream::transport
