// `cxstream serve`: puts a whole node together and runs it until SIGTERM or SIGINT. The only place that composes
// everything.
#pragma once

#include <optional>
#include <string>

namespace cxstream::cli {

struct serve_options {
  std::string config_file;             // empty: defaults, without sinks
  std::optional<std::string> data_dir; // these four override the file
  std::optional<std::string> grpc_listen;
  std::optional<std::string> http_listen;
  std::optional<std::string> intake_listen;
  bool insecure = false; // listens beyond loopback without TLS and keys
};

// Exit code: 0 after an orderly shutdown, 1 when the node could not start or not stop in time, 2 for a wrong
// configuration.
int run_serve(const serve_options& options);

} // namespace cxstream::cli
