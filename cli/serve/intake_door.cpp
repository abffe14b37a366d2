#include "serve/intake_door.hpp"

#include "transport/http/events_endpoint.hpp"
#include "transport/http/feedback_endpoint.hpp"
#include "transport/http/import_routes.hpp"

namespace cxstream::cli {

namespace {

std::vector<transport::http_route> routes_of(const config::node_config& config, const configured_sources& sources,
                                             const intake_services& services) {
  const auto& most = config.intake_http.body_bytes_max;
  const transport::source_services source_services{services.gate, services.clock, services.meter, services.log};
  std::vector<transport::http_route> routes{
      {"POST", "/v1/sources/{name}", std::make_shared<transport::source_endpoint>(source_services, sources.table()),
       most},
      {"POST", "/v1/events", std::make_shared<transport::events_endpoint>(services.gate, services.guard), most}};
  for (auto& route : transport::import_routes(services.imports, services.guard, config.imports.upload_bytes_max))
    routes.push_back(std::move(route));
  if (services.feedback != nullptr) {
    const auto feedback =
        std::make_shared<transport::feedback_endpoint>(*services.feedback, services.gate, services.clock);
    for (const auto* method : {"GET", "POST"})
      routes.push_back({method, "/v1/feedback/{token}", feedback, 4u << 10u});
  }
  return routes;
}

} // namespace

base::result<std::unique_ptr<intake_door>> intake_door::start(const config::node_config& config,
                                                              const configured_sources& sources,
                                                              const intake_services& services) {
  std::unique_ptr<intake_door> door(new intake_door(services));
  transport::http_options options;
  options.listen = config.intake_http.listen;
  options.limits.connections_max = config.intake_http.connections_max;
  options.limits.in_flight_bytes_max = config.intake_http.bytes_in_flight_max;
  if (!config.tls.certificate.empty()) {
    const security::tls_settings files{config.tls.certificate, config.tls.key, config.tls.client_ca};
    door->watch_.emplace(files, services.clock.now());
    if (auto loaded = security::load_tls(files, services.clock.now()); !loaded)
      return loaded.err();
    door->tls_ = {files.certificate, files.key, files.client_ca};
    options.tls = door->tls_;
  }
  auto server = transport::http_server::start(options, routes_of(config, sources, services), services.log);
  if (!server)
    return server.err();
  door->server_ = std::move(*server);
  return door;
}

void intake_door::look() {
  if (!watch_)
    return;
  const auto now = services_.clock.now();
  auto changed = watch_->look(now);
  if (changed && !*changed)
    return;
  auto reloaded = changed ? server_->reload_tls(tls_) : base::result<void>(changed.err());
  if (!reloaded)
    services_.log.error("the changed TLS files cannot be used; the old ones stay in use",
                        {{"why", reloaded.err().message}});
  else
    services_.log.info("the TLS files were reloaded", {{"subject", (*changed)->subject}});
}

} // namespace cxstream::cli
