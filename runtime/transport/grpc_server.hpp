// grpc_server: the node's gRPC side: ingest, subscribe, query, admin, health and reflection on one address.
//
// One object owns the listening socket and gRPC's threads. start(), stop_intake() and shutdown() are called by one
// thread; the services given must outlive it. Life: start → stop_intake → shutdown; the destructor shuts down at once.
//
// Bounds against hostile clients: streams a connection and a service, message sizes, unanswered events and bytes a
// stream and over all streams, gRPC's own buffers and threads, header sizes, idle and silent connections.
#pragma once

#include "base/result.hpp"
#include "ports/import_desk.hpp"
#include "ports/schema_desk.hpp"
#include "ports/services.hpp"
#include "ports/sla_desk.hpp"
#include "transport/ingest_endpoint.hpp"
#include "transport/subscribe_endpoint.hpp"
#include "transport/tls_files.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace grpc {
class Server;
}

namespace cxstream::transport {

struct grpc_services {
  ports::ingest_gate& ingest;
  ports::subscriber_gate& subscribers;
  ports::query_service& query;
  ports::admin_service& admin;
  ports::access_guard* guard = nullptr;  // null: anyone may do anything
  ports::schema_desk* schemas = nullptr; // null: SchemaService is not served
  ports::import_desk* imports = nullptr; // null: ImportService is not served
  ports::sla_desk* slas = nullptr;       // null: SlaService is not served
};

struct grpc_options {
  std::string listen = "127.0.0.1:7400"; // port 0: the kernel picks one
  std::optional<tls_files> tls;          // looked at again every few seconds: a renewed certificate needs no restart
  ingest_limits ingest;
  subscribe_limits subscribe;
  std::size_t buffer_bytes_max = 256u << 20u; // gRPC's own buffers, over all connections
  int connection_streams_max = 128;           // concurrent calls a connection
  std::chrono::milliseconds keepalive_every{30'000};
  std::chrono::milliseconds keepalive_timeout{10'000};
  std::chrono::milliseconds idle_connection_max{600'000};
};

class grpc_server {
public:
  // Errors: invalid_argument (no such address), io (cannot listen there).
  static base::result<std::unique_ptr<grpc_server>> start(const grpc_options& options, const grpc_services& services);
  ~grpc_server();
  grpc_server(const grpc_server&) = delete;
  grpc_server& operator=(const grpc_server&) = delete;

  // The port it listens on.
  int port() const {
    return port_;
  }
  // Health turns NOT_SERVING; no batch is taken any more; publish streams end when what they sent is answered.
  // Everything else goes on. Returns at once; idempotent.
  void stop_intake();
  // Ends the subscriptions, waits for the calls under way, and cancels what is left when the time is over. Idempotent.
  void shutdown(std::chrono::milliseconds at_most);

private:
  struct endpoints;
  grpc_server();

  std::unique_ptr<endpoints> endpoints_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

} // namespace cxstream::transport
