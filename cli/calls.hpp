// What commands that call a node share: the options --server and --json, one unary call, and how its failure is told.
#pragma once

#include "client/connection.hpp"
#include "client/json_text.hpp"
#include "command.hpp"

#include "cxstream/v1/admin.grpc.pb.h"
#include "cxstream/v1/query.grpc.pb.h"

namespace cxstream::cli {

struct call_options {
  std::string server = client::default_server;
  bool json = false;
};

inline void add_server_option(CLI::App& command, call_options& options) {
  command.add_option("-s,--server", options.server, "Node to talk to, host:port")
      ->envname("CXSTREAM_SERVER")
      ->capture_default_str();
}

inline void add_call_options(CLI::App& command, call_options& options) {
  add_server_option(command, options);
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
  const auto stub = Service::NewStub(client::connect(options.server));
  const auto context = client::call_within(timeout);
  Answer answer;
  const auto status = ((*stub).*method)(context.get(), request, &answer);
  if (!status.ok())
    return fail(client::exit_code_of(status), client::explain(status, options.server));
  if (options.json)
    client::print_json(answer);
  return show(answer);
}

} // namespace cxstream::cli
