// call_guard: checks the key of a gRPC call before the call is served. Thread-safe.
#pragma once

#include "ports/access.hpp"
#include "transport/status.hpp"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <string>

namespace cxstream::transport {

// The key of "authorization: Bearer KEY", or of "x-api-key: KEY"; empty without one.
std::string presented_key(const grpc::CallbackServerContext& context);

class call_guard {
public:
  // Null: anyone may do anything.
  explicit call_guard(ports::access_guard* guard) : guard_(guard) {
  }

  base::result<ports::grant> check(const grpc::CallbackServerContext& context, ports::permission needed,
                                   std::string_view resource = {}) const;

private:
  ports::access_guard* guard_;
};

// Answers a unary call that may not be served; returns what the service method must return.
grpc::ServerUnaryReactor* refuse_call(grpc::CallbackServerContext& context, const base::error& why);

// The same for streams; Reactor is gRPC's base of the method's reactor. Owned by gRPC.
template <class Reactor>
class refused_stream final : public Reactor {
public:
  explicit refused_stream(const base::error& why) {
    this->Finish(to_status(why));
  }

private:
  void OnDone() override {
    delete this;
  }
};

} // namespace cxstream::transport
