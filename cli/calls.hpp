// What commands that call a node share: the options --server and --json, one unary call, and how its failure is told.
#pragma once

#include "client/connection.hpp"
#include "client/json_text.hpp"
#include "command.hpp"

#include "cxstream/v1/admin.grpc.pb.h"
#include "cxstream/v1/query.grpc.pb.h"

namespace cxstream::cli {

struct call_options {
  client::node_address node;
  bool json = false;
};

inline void add_node_options(CLI::App& command, client::node_address& node) {
  constexpr const char* group = "Node";
  command.add_option("-s,--server", node.server, "Node to talk to, host:port")
      ->envname("CXSTREAM_SERVER")
      ->capture_default_str()
      ->group(group);
  command.add_option("--api-key", node.api_key, "Key for nodes that want one; better in the variable")
      ->envname("CXSTREAM_API_KEY")
      ->group(group);
  auto* ca = command.add_option("--ca", node.ca_file, "TLS: PEM file of who vouches for the node")
                 ->envname("CXSTREAM_CA")
                 ->check(CLI::ExistingFile)
                 ->group(group);
  auto* certificate = command.add_option("--cert", node.certificate_file, "Mutual TLS: PEM file of your certificate")
                          ->envname("CXSTREAM_CERT")
                          ->check(CLI::ExistingFile)
                          ->needs(ca)
                          ->group(group);
  auto* key = command.add_option("--cert-key", node.key_file, "Mutual TLS: PEM file of its key")
                  ->envname("CXSTREAM_CERT_KEY")
                  ->check(CLI::ExistingFile)
                  ->group(group);
  certificate->needs(key);
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
