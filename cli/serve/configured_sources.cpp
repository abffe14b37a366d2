#include "serve/configured_sources.hpp"

#include "pollers/refused_record.hpp"
#include "serve/configured_source.hpp"
#include "serve/import_setup.hpp"
#include "sources/contract/guarded_reader.hpp"
#include "transport/http/events_endpoint.hpp"
#include "transport/http/events_reader.hpp"

namespace cxstream::cli {

configured_sources::configured_sources(const config::node_config& config, ports::log& log)
    : configs_(config.sources), log_(log) {
}

configured_sources::~configured_sources() = default;

base::result<std::unique_ptr<configured_sources>> configured_sources::start(const config::node_config& config,
                                                                            ports::log& log) {
  const auto limits = limits_of(config.ingest);
  std::unique_ptr<configured_sources> out(new configured_sources(config, log));
  for (const auto& source : out->configs_)
    if (auto added = out->add(source, limits); !added)
      return added.err();
  return out;
}

base::result<void> configured_sources::add(const config::source_config& source,
                                           const model::validation_limits& limits) {
  if (source.removed)
    return {};
  auto made = configured_source::make(source, limits);
  if (!made)
    return base::error{made.err().code, "source \"" + source.name + "\" (line " + std::to_string(source.line) +
                                            " of the configuration): " + made.err().message};
  readers_.emplace(source.name, *made);
  sources_.emplace(source.name, std::move(*made));
  if (!source.poll)
    return {};
  auto polled = source; // the same source, read by the mapping of its API; what it answers is not signed
  polled.mapping = source.poll->mapping;
  polled.verify = {"none", {}, {}};
  auto reader = configured_source::make(polled, limits);
  if (!reader)
    return base::error{reader.err().code, "poll of source \"" + source.name + "\" (line " +
                                              std::to_string(source.line) +
                                              " of the configuration): " + reader.err().message};
  readers_.emplace(pollers::letter_source(source.name), *reader);
  sources_.emplace(pollers::letter_source(source.name), std::move(*reader));
  return {};
}

std::vector<pollers::polled_source> configured_sources::polled() const {
  std::vector<pollers::polled_source> out;
  for (const auto& config : configs_)
    if (config.poll && !config.removed) {
      const auto& reader = sources_.at(pollers::letter_source(config.name));
      out.push_back({config.name, reader->source_system(), *config.poll, reader});
    }
  return out;
}

std::shared_ptr<const ports::payload_reader> configured_sources::reader(const std::string& name) const {
  if (name == transport::events_endpoint::door)
    return std::make_shared<const transport::events_reader>();
  const auto found = readers_.find(name);
  return found == readers_.end() ? nullptr : found->second;
}

void configured_sources::put_behind(const sources::contract_book& contracts) {
  for (const auto& [name, source] : sources_)
    if (auto guard = contracts.guard(name))
      readers_[name] = std::make_shared<const sources::guarded_reader>(source, std::move(guard));
}

transport::source_table configured_sources::table() const {
  transport::source_table table;
  for (const auto& config : configs_) {
    if (config.removed) {
      table.removed.insert(config.name);
      continue;
    }
    const auto& source = sources_.at(config.name);
    const auto& limits = config.limits;
    table.sources[config.name] = {readers_.at(config.name),
                                  source->source_system(),
                                  {limits.events_per_second, limits.burst_events, limits.bytes_per_second, 0},
                                  config.contract.mode == "enforce"};
  }
  return table;
}

std::vector<std::string> configured_sources::names() const {
  std::vector<std::string> out;
  for (const auto& config : configs_)
    out.push_back(config.name);
  return out;
}

v1::ListSourcesResponse configured_sources::status(const telemetry::source_metrics& counts) const {
  v1::ListSourcesResponse out;
  for (const auto& config : configs_) {
    auto& status = *out.add_sources();
    status.set_name(config.name);
    status.set_verification(config.verify.scheme);
    status.set_removed(config.removed);
    if (const auto found = sources_.find(config.name); found != sources_.end())
      status.set_mapping(found->second->mapping_name());
    counts.fill(status);
  }
  return out;
}

void configured_sources::look() {
  for (const auto& [name, source] : sources_) {
    const auto looked = source->look();
    if (!looked)
      log_.error("a changed mapping cannot be read; the old one stays in force",
                 {{"source", name}, {"why", looked.err().message}});
    else if (*looked == configured_source::change::reloaded)
      log_.info("a mapping was reloaded", {{"source", name}, {"mapping", source->mapping_name()}});
  }
}

} // namespace cxstream::cli
