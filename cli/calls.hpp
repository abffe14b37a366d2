// What commands that call a node share: the options --server and --json, one unary call, and how its failure is told.
#pragma once

#include "client/connection.hpp"
#include "client/json_text.hpp"
#include "failure.hpp"

#include "cxstream/v1/admin.grpc.pb.h"
#include "cxstream/v1/query.grpc.pb.h"

#include <chrono>

namespace CLI {
class App;
}

namespace cxstream::cli {

struct call_options {
  client::node_address node;
  bool json = false;
};

// The environment gives the defaults.
void add_node_options(CLI::App& command, client::node_address& node);
// Those, and --json.
void add_call_options(CLI::App& command, call_options& options);

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
