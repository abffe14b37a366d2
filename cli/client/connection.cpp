#include "client/connection.hpp"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

namespace cxstream::client {

std::shared_ptr<grpc::Channel> connect(const std::string& server) {
  // Kept for good: the last user's grpc_shutdown() may wait ten seconds for a poller thread, and a command that is done
  // would not come back.
  [[maybe_unused]] static const bool kept = (grpc_init(), true);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(answer_bytes_max));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // Connections of their own: several streams of one process do not share one socket.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<grpc::ClientContext> call_within(std::chrono::milliseconds timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + timeout);
  return context;
}

bool is_passing(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

std::string explain(const grpc::Status& status, const std::string& server) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return "no node answers at " + server + " (" + status.error_message() +
             "); start one with 'cxstream serve', or name another with --server or CXSTREAM_SERVER";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "the node at " + server + " did not answer in time; is it overloaded? 'cxstream stats' may tell";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "what answers at " + server + " is no cxstream node, or an older one: " + status.error_message();
    default:
      return status.error_message().empty() ? "the node refused the call" : status.error_message();
  }
}

exit_code exit_code_of(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return exit_ok;
    case grpc::StatusCode::INVALID_ARGUMENT:
      return exit_usage;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return exit_unreachable;
    default:
      return exit_failed;
  }
}

} // namespace cxstream::client
