// A node and everything it stands on: composed when it starts, taken apart in the order in which things have to go.
// Owned by the main thread.
#pragma once

#include "actors/node/node.hpp"
#include "config/config.hpp"
#include "pollers/poll_service.hpp"
#include "ports/clock.hpp"
#include "serve/configured_sources.hpp"
#include "serve/intake_door.hpp"
#include "serve/key_guard.hpp"
#include "serve/sink_surroundings.hpp"
#include "serve/sla_keeper.hpp"
#include "serve/source_contracts.hpp"
#include "serve/taxonomy_watch.hpp"
#include "sources/imports/import_jobs.hpp"
#include "storage/rocks_store.hpp"
#include "telemetry/http_server.hpp"
#include "telemetry/import_metrics.hpp"
#include "telemetry/logging.hpp"
#include "telemetry/prometheus_metrics.hpp"
#include "telemetry/source_metrics.hpp"
#include "transport/grpc_server.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace cxstream::cli {

class running_node {
public:
  running_node(config::node_config config, telemetry::json_log& log);
  ~running_node();

  // Errors: invalid_argument and not_found (the configuration), io, corrupt, unsupported_format.
  base::result<void> start();
  // Between signals: what has to be looked at now and then.
  void look_around();
  // Idempotent; also of a node that could not start.
  void stop();

  std::chrono::seconds shutdown_timeout() const {
    return config_.shutdown_timeout;
  }
  std::chrono::milliseconds look_every() const {
    return config_.ingest.taxonomy_reload_every;
  }

private:
  struct actor_world; // CAF's

  base::result<void> prepare_sources();
  base::result<void> open_store();
  base::result<void> start_http();
  base::result<void> start_node(std::vector<actors::sink_setup> sinks);
  base::result<void> start_imports();
  base::result<void> start_grpc();
  base::result<void> start_intake();
  base::result<void> start_polls();
  base::result<void> readiness() const;
  std::shared_ptr<const ports::payload_reader> reader(const std::string& source) const;
  void write_addresses() const;

  const config::node_config config_;
  const sources::import_mappings mappings_;
  telemetry::json_log& log_;
  ports::system_clock clock_;
  telemetry::prometheus_metrics metrics_;
  telemetry::import_metrics import_metrics_;
  sink_surroundings surroundings_;
  std::unique_ptr<taxonomy_watch> watch_;
  std::unique_ptr<configured_sources> sources_;
  std::optional<telemetry::source_metrics> source_metrics_;
  std::unique_ptr<key_guard> guard_; // null: no keys are in use
  std::unique_ptr<storage::rocks_store> store_;
  std::unique_ptr<sla_keeper> slas_;                  // in store_
  std::unique_ptr<sources::contract_book> contracts_; // in store_
  std::unique_ptr<telemetry::http_server> http_;
  std::unique_ptr<actor_world> world_;
  std::unique_ptr<actors::node> node_;
  std::unique_ptr<sources::import_jobs> imports_;
  std::unique_ptr<transport::grpc_server> grpc_;
  std::unique_ptr<intake_door> intake_;
  std::unique_ptr<pollers::poll_service> polls_;
  std::atomic<bool> ready_ = false;
  std::int64_t live_actors_ = 0;
};

} // namespace cxstream::cli
