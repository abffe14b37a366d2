#include "transport/admin_endpoint.hpp"

#include "transport/export_call.hpp"
#include "transport/unary_call.hpp"

namespace cxstream::transport {

using node = ports::admin_service;

grpc::ServerUnaryReactor* admin_endpoint::GetNode(grpc::CallbackServerContext*, const v1::GetNodeRequest* request,
                                                  v1::GetNodeResponse* response) {
  return ask(node_, &node::get_node, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ListSinks(grpc::CallbackServerContext*, const v1::ListSinksRequest* request,
                                                    v1::ListSinksResponse* response) {
  return ask(node_, &node::list_sinks, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::PauseSink(grpc::CallbackServerContext*, const v1::PauseSinkRequest* request,
                                                    v1::PauseSinkResponse* response) {
  return ask(node_, &node::pause_sink, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ResumeSink(grpc::CallbackServerContext*, const v1::ResumeSinkRequest* request,
                                                     v1::ResumeSinkResponse* response) {
  return ask(node_, &node::resume_sink, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::SeekSink(grpc::CallbackServerContext*, const v1::SeekSinkRequest* request,
                                                   v1::SeekSinkResponse* response) {
  return ask(node_, &node::seek_sink, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::DeleteSubscription(grpc::CallbackServerContext*,
                                                             const v1::DeleteSubscriptionRequest* request,
                                                             v1::DeleteSubscriptionResponse* response) {
  return ask(node_, &node::delete_subscription, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ListWaiting(grpc::CallbackServerContext*,
                                                      const v1::ListWaitingRequest* request,
                                                      v1::ListWaitingResponse* response) {
  return ask(node_, &node::list_waiting, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ListDeadLetters(grpc::CallbackServerContext*,
                                                          const v1::ListDeadLettersRequest* request,
                                                          v1::ListDeadLettersResponse* response) {
  return ask(node_, &node::list_dead_letters, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::GetDeadLetter(grpc::CallbackServerContext*,
                                                        const v1::GetDeadLetterRequest* request,
                                                        v1::GetDeadLetterResponse* response) {
  return ask(node_, &node::get_dead_letter, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::EditDeadLetter(grpc::CallbackServerContext*,
                                                         const v1::EditDeadLetterRequest* request,
                                                         v1::EditDeadLetterResponse* response) {
  return ask(node_, &node::edit_dead_letter, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::RequeueDeadLetters(grpc::CallbackServerContext*,
                                                             const v1::RequeueDeadLettersRequest* request,
                                                             v1::RequeueDeadLettersResponse* response) {
  return ask(node_, &node::requeue_dead_letters, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::DiscardDeadLetters(grpc::CallbackServerContext*,
                                                             const v1::DiscardDeadLettersRequest* request,
                                                             v1::DiscardDeadLettersResponse* response) {
  return ask(node_, &node::discard_dead_letters, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::Verify(grpc::CallbackServerContext*, const v1::VerifyRequest* request,
                                                 v1::VerifyResponse* response) {
  return ask(node_, &node::verify, request, response);
}

grpc::ServerWriteReactor<v1::ExportDeadLettersResponse>*
admin_endpoint::ExportDeadLetters(grpc::CallbackServerContext*, const v1::ExportDeadLettersRequest* request) {
  return export_call::start(node_, *request);
}

} // namespace cxstream::transport
