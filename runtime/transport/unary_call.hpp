// unary_call: one unary gRPC call that the node answers later, from any thread.
//
// Owned by itself until gRPC is done with the call, and by whoever still wants to answer it. Only the first answer
// counts; a client that goes away, or a node that forgets to answer, is one too, so that no call outlives its use.
#pragma once

#include "ports/services.hpp"
#include "transport/call_guard.hpp"
#include "transport/status.hpp"
#include "transport/sure_reply.hpp"

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>
#include <utility>

namespace cxstream::transport {

// Wire is what gRPC serializes: a message, or bytes.
template <class Wire>
class unary_call : public grpc::ServerUnaryReactor {
public:
  explicit unary_call(Wire* response) : response_(response) {
  }

  // Lets the call own itself from here on. Returns it for the service method to return.
  static grpc::ServerUnaryReactor* launch(std::shared_ptr<unary_call> call) {
    unary_call* raw = call.get();
    raw->self_ = std::move(call);
    return raw;
  }

  void answer(base::result<Wire> outcome) {
    const std::lock_guard lock(mutex_);
    if (answered_)
      return;
    answered_ = true;
    if (outcome)
      *response_ = std::move(*outcome);
    Finish(outcome ? grpc::Status::OK : to_status(outcome.err()));
  }

protected:
  // gRPC is done with the call; the last of all.
  virtual void on_gone() {
  }

private:
  void OnCancel() final {
    answer(base::error{base::error_code::cancelled, "the client went away"});
  }
  void OnDone() final {
    const auto self = std::move(self_);
    on_gone();
  }

  Wire* const response_; // gRPC's; valid until answered
  std::mutex mutex_;
  bool answered_ = false;
  std::shared_ptr<unary_call> self_;
};

// Puts a request to a port when the caller may; returns what the service method must return.
template <class Port, class Request, class Response>
grpc::ServerUnaryReactor* ask(const call_guard& guard, grpc::CallbackServerContext* context, ports::permission needed,
                              Port& port, void (Port::*method)(Request, ports::reply<Response>), const Request* request,
                              Response* response) {
  if (auto allowed = guard.check(*context, needed); !allowed)
    return refuse_call(*context, allowed.err());
  auto call = std::make_shared<unary_call<Response>>(response);
  grpc::ServerUnaryReactor* reactor = unary_call<Response>::launch(call);
  (port.*method)(*request, sure_reply<Response>([call](auto outcome) { call->answer(std::move(outcome)); }));
  return reactor;
}

} // namespace cxstream::transport
