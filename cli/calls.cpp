#include "calls.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>

namespace cxstream::cli {

namespace {

void take_from_environment(const char* variable, std::string& into) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  if (const auto* value = std::getenv(variable); value != nullptr && *value != '\0')
    into = value;
}

} // namespace

// CLI11's own envname would let a sibling command's option overwrite what the command line says, as they share one
// variable.
void add_node_options(CLI::App& command, client::node_address& node) {
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

void add_call_options(CLI::App& command, call_options& options) {
  add_node_options(command, options.node);
  command.add_flag("--json", options.json, "Print JSON, for scripts");
}

} // namespace cxstream::cli
