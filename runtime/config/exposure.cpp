#include "config/exposure.hpp"

namespace cxstream::config {

bool is_loopback(std::string_view listen) {
  const auto host = listen.substr(0, listen.rfind(':'));
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

std::string unlocked_door(const node_config& config) {
  const auto exposed = [](std::string_view listen) { return !listen.empty() && !is_loopback(listen); };
  std::string door;
  if (exposed(config.grpc_listen))
    door = "grpc_listen " + config.grpc_listen;
  else if (exposed(config.intake_http.listen))
    door = "intake_http.listen " + config.intake_http.listen;
  if (door.empty() || (!config.tls.certificate.empty() && !config.keys_file.empty()))
    return {};
  const std::string missing = config.tls.certificate.empty() && config.keys_file.empty() ? "neither tls nor keys_file"
                              : config.tls.certificate.empty()                           ? "no tls"
                                                                                         : "no keys_file";
  return door + " can be reached from other machines, and the configuration has " + missing +
         ": set tls.certificate, tls.key and keys_file (cxstream key create makes keys), listen on 127.0.0.1, or start "
         "with --insecure if something in front of the node guards it";
}

} // namespace cxstream::config
