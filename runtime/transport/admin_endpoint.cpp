#include "transport/admin_endpoint.hpp"

#include "transport/export_call.hpp"
#include "transport/unary_call.hpp"

namespace cxstream::transport {

using admin_calls = ports::admin_service;

grpc::ServerUnaryReactor* admin_endpoint::GetNode(grpc::CallbackServerContext* context,
                                                  const v1::GetNodeRequest* request, v1::GetNodeResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::get_node, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ListSinks(grpc::CallbackServerContext* context,
                                                    const v1::ListSinksRequest* request,
                                                    v1::ListSinksResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::list_sinks, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ListSources(grpc::CallbackServerContext* context,
                                                      const v1::ListSourcesRequest* request,
                                                      v1::ListSourcesResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::list_sources, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::PauseSink(grpc::CallbackServerContext* context,
                                                    const v1::PauseSinkRequest* request,
                                                    v1::PauseSinkResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::pause_sink, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ResumeSink(grpc::CallbackServerContext* context,
                                                     const v1::ResumeSinkRequest* request,
                                                     v1::ResumeSinkResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::resume_sink, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::SeekSink(grpc::CallbackServerContext* context,
                                                   const v1::SeekSinkRequest* request, v1::SeekSinkResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::seek_sink, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::DeleteSubscription(grpc::CallbackServerContext* context,
                                                             const v1::DeleteSubscriptionRequest* request,
                                                             v1::DeleteSubscriptionResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::delete_subscription, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ListWaiting(grpc::CallbackServerContext* context,
                                                      const v1::ListWaitingRequest* request,
                                                      v1::ListWaitingResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::list_waiting, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ListDeadLetters(grpc::CallbackServerContext* context,
                                                          const v1::ListDeadLettersRequest* request,
                                                          v1::ListDeadLettersResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::list_dead_letters, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::GetDeadLetter(grpc::CallbackServerContext* context,
                                                        const v1::GetDeadLetterRequest* request,
                                                        v1::GetDeadLetterResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::get_dead_letter, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::GroupDeadLetters(grpc::CallbackServerContext* context,
                                                           const v1::GroupDeadLettersRequest* request,
                                                           v1::GroupDeadLettersResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::group_dead_letters, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::EditDeadLetter(grpc::CallbackServerContext* context,
                                                         const v1::EditDeadLetterRequest* request,
                                                         v1::EditDeadLetterResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::edit_dead_letter, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::RequeueDeadLetters(grpc::CallbackServerContext* context,
                                                             const v1::RequeueDeadLettersRequest* request,
                                                             v1::RequeueDeadLettersResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::requeue_dead_letters, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::DiscardDeadLetters(grpc::CallbackServerContext* context,
                                                             const v1::DiscardDeadLettersRequest* request,
                                                             v1::DiscardDeadLettersResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::discard_dead_letters, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::PreviewReplay(grpc::CallbackServerContext* context,
                                                        const v1::PreviewReplayRequest* request,
                                                        v1::PreviewReplayResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::preview_replay, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::StartReplay(grpc::CallbackServerContext* context,
                                                      const v1::StartReplayRequest* request,
                                                      v1::StartReplayResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::start_replay, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ListReplays(grpc::CallbackServerContext* context,
                                                      const v1::ListReplaysRequest* request,
                                                      v1::ListReplaysResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::list_replays, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::GetReplay(grpc::CallbackServerContext* context,
                                                    const v1::GetReplayRequest* request,
                                                    v1::GetReplayResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::get_replay, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::ControlReplay(grpc::CallbackServerContext* context,
                                                        const v1::ControlReplayRequest* request,
                                                        v1::ControlReplayResponse* response) {
  return ask(guard_, context, ports::permission::operate, node_, &admin_calls::control_replay, request, response);
}

grpc::ServerUnaryReactor* admin_endpoint::Verify(grpc::CallbackServerContext* context, const v1::VerifyRequest* request,
                                                 v1::VerifyResponse* response) {
  return ask(guard_, context, ports::permission::read, node_, &admin_calls::verify, request, response);
}

// Looking is reading; mending changes what others see.
grpc::ServerUnaryReactor* admin_endpoint::Reconcile(grpc::CallbackServerContext* context,
                                                    const v1::ReconcileRequest* request,
                                                    v1::ReconcileResponse* response) {
  const bool changes = request->repair() || request->remove_extra();
  return ask(guard_, context, changes ? ports::permission::operate : ports::permission::read, node_,
             &admin_calls::reconcile, request, response);
}

grpc::ServerWriteReactor<v1::ExportDeadLettersResponse>*
admin_endpoint::ExportDeadLetters(grpc::CallbackServerContext* context, const v1::ExportDeadLettersRequest* request) {
  if (auto allowed = guard_.check(*context, ports::permission::read); !allowed)
    return new refused_stream<grpc::ServerWriteReactor<v1::ExportDeadLettersResponse>>(allowed.err());
  return export_call::start(node_, *request);
}

} // namespace cxstream::transport
