// The sources of a node's configuration: each a verifier in front of a mapping. Mapping files are looked at now and
// then and replaced when they changed and can be read; the old mapping stays in force when they cannot. reader() and
// status() are thread-safe, look() belongs to one thread.
#pragma once

#include "actors/ingest/intake.hpp"
#include "config/config.hpp"
#include "pollers/poll_service.hpp"
#include "ports/log.hpp"
#include "sources/contract/contract_book.hpp"
#include "telemetry/source_metrics.hpp"
#include "transport/http/source_endpoint.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::cli {

class configured_source;

class configured_sources {
public:
  // Errors: invalid_argument and not_found, naming the source and its line in the configuration.
  static base::result<std::unique_ptr<configured_sources>> start(const config::node_config& config, ports::log& log);
  ~configured_sources();

  // From then on payloads go through their source's contract. Before reader() and table() are used.
  void put_behind(const sources::contract_book& contracts);
  // Also of the door for canonical events, and of what is polled ("NAME/poll"). Null when there is no such source, or
  // it is removed.
  std::shared_ptr<const ports::payload_reader> reader(const std::string& name) const;
  transport::source_table table() const;
  std::vector<pollers::polled_source> polled() const;
  std::vector<std::string> names() const;
  v1::ListSourcesResponse status(const telemetry::source_metrics& counts) const;
  void look();

private:
  configured_sources(const config::node_config& config, ports::log& log);
  base::result<void> add(const config::source_config& source, const model::validation_limits& limits);

  const std::vector<config::source_config> configs_;
  ports::log& log_;
  std::map<std::string, std::shared_ptr<configured_source>> sources_; // those that are not removed; fixed after start
  std::map<std::string, std::shared_ptr<const ports::payload_reader>> readers_; // the same behind their contracts
};

} // namespace cxstream::cli
