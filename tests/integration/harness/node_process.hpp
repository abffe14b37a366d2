// A real node, `cxstream serve`, in a folder of its own on ports that the kernel picks, and the ways to ask it: the
// command line and gRPC. It can be killed and started again on the same data.
#pragma once

#include "integration/harness/child_process.hpp"
#include "integration/harness/files.hpp"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::integration {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

// What a node is asked to keep where; the rest is default.
struct node_setup {
  std::string data_dir;
  std::string sinks;            // YAML of the list, "[]" for none
  std::string storage_tail;     // more settings of storage:, as ", key: value"
  std::string more = {};        // more of the configuration, as lines of YAML
  std::string ingest_tail = {}; // more settings of ingest:, as ", key: value"
};

class node_process {
public:
  // Does not start it yet. The folder holds the configuration and the log.
  node_process(const scratch_dir& dir, node_setup setup);

  // Throws std::runtime_error, with the last words of the log, when it is not ready soon.
  void start();
  // Nothing more is heard of it. May be called from another thread while the owner only talks gRPC.
  void kill9();
  // After kill9(): collects what is left of the process.
  void bury();
  // SIGTERM; the exit code, or nothing when it did not end within the time.
  std::optional<int> terminate(std::chrono::milliseconds patience = 30s);
  child_process& process() {
    return *process_;
  }

  const std::string& grpc_address() const {
    return grpc_address_;
  }
  const std::string& http_address() const {
    return http_address_;
  }
  const std::string& intake_address() const {
    return intake_address_;
  }
  // A new connection; one that was made before a restart does not lead to the node any more.
  std::shared_ptr<grpc::Channel> channel() const;

  // Runs a command of the command line against this node.
  finished_command cli(std::vector<std::string> arguments, std::chrono::milliseconds patience = 120s) const;
  // The same with --json. Throws when it prints no JSON.
  nlohmann::json ask(std::vector<std::string> arguments, std::chrono::milliseconds patience = 120s) const;
  // The history of a ticket as `ticket history --json` prints it, a line an event.
  std::vector<nlohmann::json> history(const std::string& ticket) const;
  // The counts of a sink.
  std::map<std::string, std::uint64_t> counts(std::string_view sink) const;
  // Waits until these sinks (all when empty) have decided every event and none waits.
  [[nodiscard]] bool drains(std::chrono::milliseconds within, const std::vector<std::string>& sinks = {}) const;
  // `verify --deep`: empty when all adds up, else what does not.
  std::string contradictions() const;
  std::string log() const;

private:
  std::string dir_;
  node_setup setup_;
  std::string grpc_address_;
  std::string http_address_;
  std::string intake_address_;
  std::unique_ptr<child_process> process_;
};

// A context whose call ends after `timeout`.
std::unique_ptr<grpc::ClientContext> within(std::chrono::milliseconds timeout);

} // namespace cxstream::integration
