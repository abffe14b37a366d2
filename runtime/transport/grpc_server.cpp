#include "transport/grpc_server.hpp"

#include "transport/admin_endpoint.hpp"
#include "transport/imports_endpoint.hpp"
#include "transport/query_endpoint.hpp"
#include "transport/schema_endpoint.hpp"
#include "transport/sla_endpoint.hpp"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <mutex>

namespace cxstream::transport {
namespace {

// Messages up to this many times a batch's limit are still read, so that the answer can say what is wrong; gRPC itself
// cuts off longer ones with RESOURCE_EXHAUSTED, which clients would take for "retry later".
constexpr std::size_t readable_batches = 4;
// Only reflection and health blocks threads.
constexpr int blocking_threads_max = 16;
constexpr int header_bytes_max = 16 << 10;
constexpr int handshake_ms_max = 10'000;
constexpr int client_ping_every_ms_min = 10'000;
constexpr std::chrono::seconds tls_look_every{5};

void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Kept for good: the last user's grpc_shutdown() may wait ten seconds for a poller thread, which would make a node
    // slow to stop.
    grpc_init();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

void set_bounds(grpc::ServerBuilder& builder, const grpc_options& options) {
  grpc::ResourceQuota quota("cxstream");
  quota.Resize(options.buffer_bytes_max).SetMaxThreads(blocking_threads_max);
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  builder.SetMaxReceiveMessageSize(static_cast<int>(readable_batches * options.ingest.batch.bytes_max));
  const auto ms = [](std::chrono::milliseconds time) { return static_cast<int>(time.count()); };
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.connection_streams_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, header_bytes_max);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, handshake_ms_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, ms(options.idle_connection_max));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, ms(options.keepalive_every));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ms(options.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, client_ping_every_ms_min);
  // Two nodes on one port would share its clients at random; the second must fail to start instead.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

std::shared_ptr<grpc::ServerCredentials> credentials_of(const std::optional<tls_files>& tls) {
  if (!tls)
    return grpc::InsecureServerCredentials();
  namespace security = grpc::experimental;
  const auto files = std::make_shared<security::FileWatcherCertificateProvider>(
      tls->key, tls->certificate, tls->client_ca, static_cast<unsigned>(tls_look_every.count()));
  security::TlsServerCredentialsOptions options(files);
  options.watch_identity_key_cert_pairs();
  if (!tls->client_ca.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(tls->from_clients == client_certificates::required
                                      ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                      : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return security::TlsServerCredentials(options);
}

} // namespace

struct grpc_server::endpoints {
  endpoints(const grpc_options& options, const grpc_services& services)
      : ingest(services.ingest, options.ingest, call_guard(services.guard)),
        subscribe(services.subscribers, options.subscribe, call_guard(services.guard)),
        query(services.query, call_guard(services.guard)), admin(services.admin, call_guard(services.guard)) {
    if (services.slas != nullptr)
      slas.emplace(*services.slas, call_guard(services.guard));
    if (services.schemas != nullptr)
      schemas.emplace(*services.schemas, call_guard(services.guard));
    if (services.imports != nullptr)
      imports.emplace(*services.imports, call_guard(services.guard));
  }

  void register_with(grpc::ServerBuilder& builder) {
    builder.RegisterService(&ingest);
    builder.RegisterService(&subscribe);
    builder.RegisterService(&query);
    builder.RegisterService(&admin);
    if (schemas)
      builder.RegisterService(&*schemas);
    if (imports)
      builder.RegisterService(&*imports);
    if (slas)
      builder.RegisterService(&*slas);
  }
  void set_serving(grpc::Server& server, bool serving) const {
    auto* health = server.GetHealthCheckService();
    for (const char* name : {v1::IngestService::service_full_name(), v1::SubscribeService::service_full_name(),
                             v1::QueryService::service_full_name(), v1::AdminService::service_full_name()})
      health->SetServingStatus(name, serving);
    if (schemas)
      health->SetServingStatus(v1::SchemaService::service_full_name(), serving);
    if (imports)
      health->SetServingStatus(v1::ImportService::service_full_name(), serving);
    health->SetServingStatus(serving);
  }

  ingest_endpoint ingest;
  subscribe_endpoint subscribe;
  query_endpoint query;
  admin_endpoint admin;
  std::optional<schema_endpoint> schemas;
  std::optional<imports_endpoint> imports;
  std::optional<sla_endpoint> slas;
};

grpc_server::grpc_server() = default;

base::result<std::unique_ptr<grpc_server>> grpc_server::start(const grpc_options& options,
                                                              const grpc_services& services) {
  prepare_library();
  std::unique_ptr<grpc_server> self(new grpc_server);
  self->endpoints_ = std::make_unique<endpoints>(options, services);
  grpc::ServerBuilder builder;
  set_bounds(builder, options);
  builder.AddListeningPort(options.listen, credentials_of(options.tls), &self->port_);
  self->endpoints_->register_with(builder);
  self->server_ = builder.BuildAndStart();
  if (!self->server_ || self->port_ <= 0)
    return base::error{
        base::error_code::io,
        "cannot listen for gRPC on \"" + options.listen +
            "\": the port is in use, or it is not an address of this machine; change the listen address"};
  self->endpoints_->set_serving(*self->server_, true);
  return self;
}

grpc_server::~grpc_server() {
  shutdown(std::chrono::milliseconds::zero());
}

void grpc_server::stop_intake() {
  if (!server_)
    return;
  endpoints_->set_serving(*server_, false);
  endpoints_->ingest.close();
  if (endpoints_->imports)
    endpoints_->imports->close();
}

void grpc_server::shutdown(std::chrono::milliseconds at_most) {
  if (!server_)
    return;
  stop_intake();
  endpoints_->subscribe.close();
  server_->Shutdown(std::chrono::system_clock::now() + at_most);
  server_->Wait();
  server_.reset();
}

} // namespace cxstream::transport
