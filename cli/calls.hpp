// What commands that call a node share: the options --server and --json, one unary call, and how its failure is told.
#pragma once

#include "client/connection.hpp"
#include "client/json_text.hpp"
#include "command.hpp"

#include "cxstream/v1/admin.grpc.pb.h"
#include "cxstream/v1/query.grpc.pb.h"

#include <cstdlib>

namespace cxstream::cli {

struct call_options {
  client::node_address node;
  bool json = false;
};

inline void take_from_environment(const char* variable, std::string& into) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  if (const auto* value = std::getenv(variable); value != nullptr && *value != '\0')
    into = value;
}

// The environment gives the defaults. (CLI11's own envname would let a sibling command's option overwrite what the
// command line says, as they share one variable.)
inline void add_node_options(CLI::App& command, client::node_address& node) {
  constexpr const char* group = "Node";
  take_from_environment("CXSTREAM_SERVER", node.server);
  take_from_environment("CXSTREAM_API_KEY", node.api_key);
  take_from_environment("CXSTREAM_CA", node.ca_file);
  take_from_environment("CXSTREAM_CERT", node.certificate_file);
  take_from_environment("CXSTREAM_CERT_KEY", node.key_file);
  command.add_option("-s,--server", node.server, "Node to talk to, host:port [CXSTREAM_SERVER]")
      ->capture_default_str()
      ->group(group);
  command.add_option("--api-key", node.api_key, "Key for nodes that want one; better in CXSTREAM_API_KEY")
      ->group(group);
  command.add_option("--ca", node.ca_file, "TLS: PEM file of who vouches for the node [CXSTREAM_CA]")
      ->check(CLI::ExistingFile)
      ->group(group);
  command.add_option("--cert", node.certificate_file, "Mutual TLS: PEM file of your certificate [CXSTREAM_CERT]")
      ->check(CLI::ExistingFile)
      ->group(group);
  command.add_option("--cert-key", node.key_file, "Mutual TLS: PEM file of its key [CXSTREAM_CERT_KEY]")
      ->check(CLI::ExistingFile)
      ->group(group);
}

inline void add_call_options(CLI::App& command, call_options& options) {
  add_node_options(command, options.node);
  command.add_flag("--json", options.json, "Print JSON, for scripts");
}

inline constexpr std::chrono::milliseconds call_timeout{30'000};
inline constexpr std::chrono::milliseconds long_call_timeout{3'600'000};

// Makes one call; `method` is of the stub Service gives. On success prints the answer as JSON or hands it to `show`,
// which returns the exit code; else says what is wrong.
template <class Service, class Request, class Answer, class Show>
int call(const call_options& options,
         grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Answer*), const Request& request,
         Show&& show, std::chrono::milliseconds timeout = call_timeout) {
  const auto stub = Service::NewStub(client::connect(options.node));
  const auto context = client::call_within(timeout);
  Answer answer;
  const auto status = ((*stub).*method)(context.get(), request, &answer);
  if (!status.ok())
    return fail(client::exit_code_of(status), client::explain(status, options.node.server));
  if (options.json)
    client::print_json(answer);
  return show(answer);
}

} // namespace cxstream::cli
