#include "client/connection.hpp"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cxstream::client {

namespace {

std::string file_text(const std::string& path) {
  const std::ifstream in(path, std::ios::binary);
  if (!in)
    throw std::runtime_error("cannot read " + path + "; check --ca, --cert and --cert-key");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::shared_ptr<grpc::ChannelCredentials> credentials_of(const node_address& node) {
  if (node.ca_file.empty())
    return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = file_text(node.ca_file);
  if (node.certificate_file.empty() != node.key_file.empty())
    throw std::runtime_error("mutual TLS needs a certificate and its key: give both --cert and --cert-key");
  if (!node.certificate_file.empty()) {
    options.pem_cert_chain = file_text(node.certificate_file);
    options.pem_private_key = file_text(node.key_file);
  }
  return grpc::SslCredentials(options);
}

// Puts the key into the headers of every call. gRPC's own call credentials refuse to do so without TLS.
class key_bearer final : public grpc::experimental::Interceptor {
public:
  explicit key_bearer(const std::string& key) : key_(key) {
  }
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA))
      methods->GetSendInitialMetadata()->insert({"authorization", "Bearer " + key_});
    methods->Proceed();
  }

private:
  const std::string& key_;
};

class key_bearer_factory final : public grpc::experimental::ClientInterceptorFactoryInterface {
public:
  explicit key_bearer_factory(std::string key) : key_(std::move(key)) {
  }
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override {
    return new key_bearer(key_); // gRPC's to delete
  }

private:
  const std::string key_;
};

} // namespace

std::shared_ptr<grpc::Channel> connect(const node_address& node) {
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
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (!node.api_key.empty())
    interceptors.push_back(std::make_unique<key_bearer_factory>(node.api_key));
  return grpc::experimental::CreateCustomChannelWithInterceptors(node.server, credentials_of(node), arguments,
                                                                 std::move(interceptors));
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
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return status.error_message() +
             "; give a key with --api-key or CXSTREAM_API_KEY ('cxstream key create' makes one)";
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
