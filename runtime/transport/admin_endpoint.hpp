// admin_endpoint: cxstream.v1.AdminService over the node's admin service. Thread-safe; gRPC's threads call it.
#pragma once

#include "cxstream/v1/admin.grpc.pb.h"
#include "ports/services.hpp"
#include "transport/call_guard.hpp"

namespace cxstream::transport {

class admin_endpoint final : public v1::AdminService::CallbackService {
public:
  admin_endpoint(ports::admin_service& node, call_guard guard) : node_(node), guard_(guard) {
  }

  grpc::ServerUnaryReactor* GetNode(grpc::CallbackServerContext*, const v1::GetNodeRequest*,
                                    v1::GetNodeResponse*) override;
  grpc::ServerUnaryReactor* ListSinks(grpc::CallbackServerContext*, const v1::ListSinksRequest*,
                                      v1::ListSinksResponse*) override;
  grpc::ServerUnaryReactor* ListSources(grpc::CallbackServerContext*, const v1::ListSourcesRequest*,
                                        v1::ListSourcesResponse*) override;
  grpc::ServerUnaryReactor* PauseSink(grpc::CallbackServerContext*, const v1::PauseSinkRequest*,
                                      v1::PauseSinkResponse*) override;
  grpc::ServerUnaryReactor* ResumeSink(grpc::CallbackServerContext*, const v1::ResumeSinkRequest*,
                                       v1::ResumeSinkResponse*) override;
  grpc::ServerUnaryReactor* SeekSink(grpc::CallbackServerContext*, const v1::SeekSinkRequest*,
                                     v1::SeekSinkResponse*) override;
  grpc::ServerUnaryReactor* DeleteSubscription(grpc::CallbackServerContext*, const v1::DeleteSubscriptionRequest*,
                                               v1::DeleteSubscriptionResponse*) override;
  grpc::ServerUnaryReactor* ListWaiting(grpc::CallbackServerContext*, const v1::ListWaitingRequest*,
                                        v1::ListWaitingResponse*) override;
  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext*, const v1::ListDeadLettersRequest*,
                                            v1::ListDeadLettersResponse*) override;
  grpc::ServerUnaryReactor* GetDeadLetter(grpc::CallbackServerContext*, const v1::GetDeadLetterRequest*,
                                          v1::GetDeadLetterResponse*) override;
  grpc::ServerUnaryReactor* GroupDeadLetters(grpc::CallbackServerContext*, const v1::GroupDeadLettersRequest*,
                                             v1::GroupDeadLettersResponse*) override;
  grpc::ServerUnaryReactor* EditDeadLetter(grpc::CallbackServerContext*, const v1::EditDeadLetterRequest*,
                                           v1::EditDeadLetterResponse*) override;
  grpc::ServerUnaryReactor* RequeueDeadLetters(grpc::CallbackServerContext*, const v1::RequeueDeadLettersRequest*,
                                               v1::RequeueDeadLettersResponse*) override;
  grpc::ServerUnaryReactor* DiscardDeadLetters(grpc::CallbackServerContext*, const v1::DiscardDeadLettersRequest*,
                                               v1::DiscardDeadLettersResponse*) override;
  grpc::ServerUnaryReactor* PreviewReplay(grpc::CallbackServerContext*, const v1::PreviewReplayRequest*,
                                          v1::PreviewReplayResponse*) override;
  grpc::ServerUnaryReactor* StartReplay(grpc::CallbackServerContext*, const v1::StartReplayRequest*,
                                        v1::StartReplayResponse*) override;
  grpc::ServerUnaryReactor* ListReplays(grpc::CallbackServerContext*, const v1::ListReplaysRequest*,
                                        v1::ListReplaysResponse*) override;
  grpc::ServerUnaryReactor* GetReplay(grpc::CallbackServerContext*, const v1::GetReplayRequest*,
                                      v1::GetReplayResponse*) override;
  grpc::ServerUnaryReactor* ControlReplay(grpc::CallbackServerContext*, const v1::ControlReplayRequest*,
                                          v1::ControlReplayResponse*) override;
  grpc::ServerUnaryReactor* Verify(grpc::CallbackServerContext*, const v1::VerifyRequest*,
                                   v1::VerifyResponse*) override;
  grpc::ServerUnaryReactor* Reconcile(grpc::CallbackServerContext*, const v1::ReconcileRequest*,
                                      v1::ReconcileResponse*) override;
  grpc::ServerWriteReactor<v1::ExportDeadLettersResponse>*
  ExportDeadLetters(grpc::CallbackServerContext*, const v1::ExportDeadLettersRequest*) override;

private:
  ports::admin_service& node_;
  const call_guard guard_;
};

} // namespace cxstream::transport
