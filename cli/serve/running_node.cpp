#include "serve/running_node.hpp"

#include "serve/import_setup.hpp"
#include "sources/imports/import_letters.hpp"
#include "transport/grpc_log.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cxstream::cli {

namespace {

struct actor_config : caf::actor_system_config {
  explicit actor_config(std::uint32_t threads) {
    add_message_types<caf::id_block::cxstream>();
    const auto cores = std::max(2U, std::thread::hardware_concurrency());
    set("scheduler.policy", caf::atom("sharing")); // no polling: the cores belong to the work
    set("scheduler.max-threads", static_cast<std::size_t>(threads == 0 ? cores : threads));
  }
};

} // namespace

struct running_node::actor_world {
  explicit actor_world(std::uint32_t threads) : config(threads), system(config) {
  }
  actor_config config;
  caf::actor_system system;
};

running_node::running_node(config::node_config config, telemetry::json_log& log)
    : config_(std::move(config)), mappings_(config_.imports.mappings), log_(log), metrics_(CXSTREAM_VERSION) {
}

running_node::~running_node() = default;

base::result<void> running_node::start() {
  if (auto prepared = surroundings_.prepare(config_.feedback, clock_.now()); !prepared)
    return prepared.err();
  auto sinks = surroundings_.sinks_of(config_);
  if (!sinks)
    return sinks.err();
  auto watch = taxonomy_watch::start(config_, log_);
  if (!watch)
    return watch.err();
  watch_ = std::move(*watch);
  if (auto prepared = prepare_sources(); !prepared)
    return prepared.err();
  if (auto opened = open_store(); !opened)
    return opened.err();
  if (auto started = start_http(); !started)
    return started.err();
  world_ = std::make_unique<actor_world>(config_.worker_threads);
  if (auto started = start_node(std::move(*sinks)); !started)
    return started.err();
  for (const auto part : {&running_node::start_imports, &running_node::start_grpc, &running_node::start_intake,
                          &running_node::start_polls})
    if (auto started = (this->*part)(); !started)
      return started.err();
  write_addresses();
  ready_ = true;
  log_.info("node started", {{"grpc", grpc_->port()},
                             {"http", http_->port()},
                             {"intake", intake_ ? intake_->port() : 0},
                             {"sources", config_.sources.size()},
                             {"partitions", config_.storage.partitions},
                             {"sinks", config_.sinks.size()},
                             {"data", config_.storage.data_dir}});
  return {};
}

void running_node::look_around() {
  watch_->look();
  sources_->look();
  contracts_->look();
  slas_->look();
  if (intake_)
    intake_->look();
  const auto actors = static_cast<std::int64_t>(world_->system.registry().running());
  metrics_.live_actors(actors - live_actors_);
  live_actors_ = actors;
}

// What brings events in ends first, then those who look, then what they stood on.
void running_node::stop() {
  ready_ = false;
  polls_.reset();
  if (imports_)
    imports_->stop();
  if (intake_)
    intake_->close(config_.shutdown_timeout / 4);
  if (grpc_) {
    grpc_->stop_intake();
    grpc_->shutdown(config_.shutdown_timeout / 2);
  }
  if (node_)
    node_->stop(config_.shutdown_timeout / 4);
  surroundings_.detach();
  intake_.reset();
  grpc_.reset();
  imports_.reset();
  node_.reset();
  world_.reset();
  http_.reset();
  if (contracts_)
    contracts_->close();
  if (slas_)
    slas_->close();
  slas_.reset();
  store_.reset();
}

base::result<void> running_node::prepare_sources() {
  auto sources = configured_sources::start(config_, log_);
  if (!sources)
    return sources.err();
  sources_ = std::move(*sources);
  source_metrics_.emplace(sources_->names());
  if (config_.keys_file.empty())
    return {};
  auto guard = key_guard::open(config_.keys_file, clock_, log_);
  if (!guard)
    return guard.err();
  guard_ = std::move(*guard);
  return {};
}

base::result<void> running_node::open_store() {
  const auto& storage = config_.storage;
  auto store = storage::rocks_store::open(
      {storage.data_dir + "/store", storage.partitions, storage.write_buffer_bytes, storage.block_cache_bytes},
      base::to_us(clock_.now()));
  if (!store)
    return store.err();
  store_ = std::move(*store);
  slas_ = std::make_unique<sla_keeper>(metrics_, *store_, clock_, log_);
  if (auto opened = slas_->open(config_); !opened)
    return opened.err();
  auto contracts = start_contracts(config_, {*store_, clock_, *source_metrics_, log_});
  if (!contracts)
    return contracts.err();
  contracts_ = std::move(*contracts);
  sources_->put_behind(*contracts_);
  return {};
}

base::result<void> running_node::start_http() {
  auto http = telemetry::http_server::start({config_.http_listen},
                                            {[this] {
                                               return metrics_.text() + source_metrics_->text() +
                                                      import_metrics_.text() + surroundings_.metrics() + slas_->text();
                                             },
                                             [this] { return readiness(); }},
                                            log_);
  if (!http)
    return http.err();
  http_ = std::move(*http);
  return {};
}

base::result<void> running_node::start_node(std::vector<actors::sink_setup> sinks) {
  const auto& storage = config_.storage;
  actors::node_config config{*store_, clock_, *slas_, log_};
  config.partitions = storage.partitions;
  config.dedup_window = storage.dedup_window;
  config.live_tickets_max = storage.live_tickets_max;
  config.checkpoint_every = storage.checkpoint_every;
  config.credit_events = config_.ingest.credit_events;
  config.seed = static_cast<std::uint64_t>(base::to_us(clock_.now()));
  config.program_version = CXSTREAM_VERSION;
  config.sinks = std::move(sinks);
  config.letters = {config_.dead_letters.warn_count, config_.dead_letters.warn_age};
  config.rules = [this] { return watch_->rules(); };
  config.readers = [this](const std::string& source) { return reader(source); };
  config.sources = [this] { return sources_->status(*source_metrics_); };
  config.sink_moved = [this](const std::string& sink) { slas_->moved(sink); };
  auto node = actors::node::start(world_->system, std::move(config));
  if (!node)
    return node.err();
  node_ = std::move(*node);
  surroundings_.attach(node_->query(), node_->ingest());
  return {};
}

base::result<void> running_node::start_imports() {
  auto options = import_options_of(config_);
  if (!options)
    return options.err();
  auto imports =
      sources::import_jobs::open(*std::move(options), {node_->ingest(), *store_, clock_, import_metrics_, log_});
  if (!imports)
    return imports.err();
  imports_ = std::move(*imports);
  return {};
}

// Of dead letters that are tried again.
std::shared_ptr<const ports::payload_reader> running_node::reader(const std::string& source) const {
  if (auto of_import = sources::import_letter_reader(mappings_, source, limits_of(config_.ingest)))
    return of_import;
  return sources_->reader(source);
}

base::result<void> running_node::start_grpc() {
  transport::route_grpc_log(&log_);
  transport::grpc_options options;
  options.listen = config_.grpc_listen;
  if (!config_.tls.certificate.empty())
    options.tls = {config_.tls.certificate, config_.tls.key, config_.tls.client_ca};
  options.ingest.batch.bytes_max = config_.ingest.batch_bytes_max + (64u << 10u);
  auto grpc =
      transport::grpc_server::start(options, {node_->ingest(), node_->subscribers(), node_->query(), node_->admin(),
                                              guard_.get(), contracts_.get(), imports_.get(), slas_.get()});
  if (!grpc)
    return grpc.err();
  grpc_ = std::move(*grpc);
  return {};
}

base::result<void> running_node::start_intake() {
  if (config_.intake_http.listen.empty())
    return {};
  auto intake = intake_door::start(
      config_, *sources_,
      {node_->ingest(), clock_, *source_metrics_, guard_.get(), *imports_, log_, surroundings_.feedback()});
  if (!intake)
    return intake.err();
  intake_ = std::move(*intake);
  return {};
}

base::result<void> running_node::start_polls() {
  auto polls = pollers::poll_service::start(
      sources_->polled(), {node_->ingest(), node_->query(), *store_, clock_, *source_metrics_, *source_metrics_, log_},
      {static_cast<std::uint64_t>(base::to_us(clock_.now())), "cxstream/" CXSTREAM_VERSION});
  if (!polls)
    return polls.err();
  polls_ = std::move(*polls);
  return {};
}

base::result<void> running_node::readiness() const {
  if (!ready_)
    return base::error{base::error_code::unavailable, "the node is starting or stopping"};
  if (!node_->writable())
    return base::error{base::error_code::unavailable, "the log cannot be written"};
  return {};
}

// Where the node listens, for tools and tests: the kernel may have picked the ports.
void running_node::write_addresses() const {
  const auto host = [](const std::string& listen) { return listen.substr(0, listen.rfind(':')); };
  const nlohmann::json addresses{
      {"pid", ::getpid()},
      {"grpc", host(config_.grpc_listen) + ":" + std::to_string(grpc_->port())},
      {"http", host(config_.http_listen) + ":" + std::to_string(http_->port())},
      {"intake", intake_ ? host(config_.intake_http.listen) + ":" + std::to_string(intake_->port()) : ""}};
  const auto file = config_.storage.data_dir + "/node.json";
  std::ofstream(file + ".new") << addresses.dump() << '\n';
  std::error_code ignored;
  std::filesystem::rename(file + ".new", file, ignored);
}

} // namespace cxstream::cli
