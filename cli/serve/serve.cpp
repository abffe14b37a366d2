#include "serve/serve.hpp"

#include "actors/node/node.hpp"
#include "config/exposure.hpp"
#include "config/load.hpp"
#include "pollers/poll_service.hpp"
#include "serve/configured_sources.hpp"
#include "serve/intake_door.hpp"
#include "serve/key_guard.hpp"
#include "serve/sink_surroundings.hpp"
#include "serve/sla_keeper.hpp"
#include "serve/source_contracts.hpp"
#include "serve/taxonomy_watch.hpp"
#include "storage/rocks_store.hpp"
#include "telemetry/http_server.hpp"
#include "telemetry/logging.hpp"
#include "telemetry/prometheus_metrics.hpp"
#include "transport/grpc_log.hpp"
#include "transport/grpc_server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

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

// SIGTERM and SIGINT arrive at one place, the main thread's wait(); every thread started later inherits the mask.
class stop_signals {
public:
  stop_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  // True when one came within the time.
  bool wait(std::chrono::milliseconds at_most) const {
    const timespec time{at_most.count() / 1'000, (at_most.count() % 1'000) * 1'000'000};
    return sigtimedwait(&set_, nullptr, &time) > 0;
  }

private:
  sigset_t set_;
};

base::result<config::node_config> read_config(const serve_options& options) {
  config::node_config config;
  if (!options.config_file.empty()) {
    auto loaded = config::load_config(options.config_file);
    if (!loaded)
      return loaded.err();
    config = std::move(*loaded);
  }
  config.storage.data_dir = options.data_dir.value_or(config.storage.data_dir);
  config.grpc_listen = options.grpc_listen.value_or(config.grpc_listen);
  config.http_listen = options.http_listen.value_or(config.http_listen);
  config.intake_http.listen = options.intake_listen.value_or(config.intake_http.listen);
  if (const auto problem = config::unlocked_door(config); !problem.empty() && !options.insecure)
    return base::error{base::error_code::invalid_argument, problem};
  return config;
}

// A node and everything it stands on, in the order in which they have to go.
class running_node {
public:
  running_node(config::node_config config, telemetry::json_log& log)
      : config_(std::move(config)), log_(log), metrics_(CXSTREAM_VERSION), actor_config_(config_.worker_threads) {
  }

  base::result<void> start() {
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
    if (auto started = start_http(); !started)
      return started.err();
    system_ = std::make_unique<caf::actor_system>(actor_config_);
    if (auto started = start_node(std::move(*sinks)); !started)
      return started.err();
    if (auto started = start_grpc(); !started)
      return started.err();
    if (auto started = start_intake(); !started)
      return started.err();
    if (auto started = start_polls(); !started)
      return started.err();
    write_addresses();
    ready_ = true;
    log_.info("node started", {{"grpc", grpc_->port()},
                               {"http", http_->port()},
                               {"intake", intake_ ? intake_->port() : 0},
                               {"sources", config_.sources.size()},
                               {"partitions", storage.partitions},
                               {"sinks", config_.sinks.size()},
                               {"data", storage.data_dir}});
    return {};
  }

  // Between signals: what has to be looked at now and then.
  void look_around() {
    watch_->look();
    sources_->look();
    contracts_->look();
    slas_->look();
    if (intake_)
      intake_->look();
    const auto actors = static_cast<std::int64_t>(system_->registry().running());
    metrics_.live_actors(actors - live_actors_);
    live_actors_ = actors;
  }

  void stop() {
    ready_ = false;
    polls_.reset();
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
    node_.reset();
    system_.reset();
    http_.reset();
    if (contracts_)
      contracts_->close();
    if (slas_)
      slas_->close();
    slas_.reset();
    store_.reset();
  }

  std::chrono::seconds shutdown_timeout() const {
    return config_.shutdown_timeout;
  }
  std::chrono::milliseconds look_every() const {
    return config_.ingest.taxonomy_reload_every;
  }

private:
  base::result<void> prepare_sources() {
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

  base::result<void> start_intake() {
    if (config_.intake_http.listen.empty())
      return {};
    auto intake = intake_door::start(
        config_, *sources_, {node_->ingest(), clock_, *source_metrics_, guard_.get(), log_, surroundings_.feedback()});
    if (!intake)
      return intake.err();
    intake_ = std::move(*intake);
    return {};
  }

  base::result<void> start_polls() {
    auto polls = pollers::poll_service::start(
        sources_->polled(),
        {node_->ingest(), node_->query(), *store_, clock_, *source_metrics_, *source_metrics_, log_},
        {static_cast<std::uint64_t>(base::to_us(clock_.now())), "cxstream/" CXSTREAM_VERSION});
    if (!polls)
      return polls.err();
    polls_ = std::move(*polls);
    return {};
  }

  base::result<void> start_http() {
    auto http = telemetry::http_server::start(
        {config_.http_listen},
        {[this] { return metrics_.text() + source_metrics_->text() + surroundings_.metrics() + slas_->text(); },
         [this] { return readiness(); }},
        log_);
    if (!http)
      return http.err();
    http_ = std::move(*http);
    return {};
  }

  base::result<void> start_node(std::vector<actors::sink_setup> sinks) {
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
    config.rules = [this] { return watch_->rules(); };
    config.readers = [this](const std::string& source) { return sources_->reader(source); };
    config.sources = [this] { return sources_->status(*source_metrics_); };
    config.sink_moved = [this](const std::string& sink) { slas_->moved(sink); };
    auto node = actors::node::start(*system_, std::move(config));
    if (!node)
      return node.err();
    node_ = std::move(*node);
    surroundings_.attach(node_->query(), node_->ingest());
    return {};
  }

  base::result<void> start_grpc() {
    transport::route_grpc_log(&log_);
    transport::grpc_options options;
    options.listen = config_.grpc_listen;
    if (!config_.tls.certificate.empty())
      options.tls = {config_.tls.certificate, config_.tls.key, config_.tls.client_ca};
    options.ingest.batch.bytes_max = config_.ingest.batch_bytes_max + (64u << 10u);
    auto grpc = transport::grpc_server::start(options, {node_->ingest(), node_->subscribers(), node_->query(),
                                                        node_->admin(), guard_.get(), contracts_.get(), slas_.get()});
    if (!grpc)
      return grpc.err();
    grpc_ = std::move(*grpc);
    return {};
  }

  base::result<void> readiness() const {
    if (!ready_)
      return base::error{base::error_code::unavailable, "the node is starting or stopping"};
    if (!node_->writable())
      return base::error{base::error_code::unavailable, "the log cannot be written"};
    return {};
  }

  // Where the node listens, for tools and tests: the kernel may have picked the ports.
  void write_addresses() const {
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

  config::node_config config_;
  telemetry::json_log& log_;
  ports::system_clock clock_;
  telemetry::prometheus_metrics metrics_;
  actor_config actor_config_;
  sink_surroundings surroundings_;
  std::unique_ptr<taxonomy_watch> watch_;
  std::unique_ptr<configured_sources> sources_;
  std::optional<telemetry::source_metrics> source_metrics_;
  std::unique_ptr<key_guard> guard_; // null: no keys are in use
  std::unique_ptr<storage::rocks_store> store_;
  std::unique_ptr<sla_keeper> slas_;                  // in store_
  std::unique_ptr<sources::contract_book> contracts_; // in store_
  std::unique_ptr<telemetry::http_server> http_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<actors::node> node_;
  std::unique_ptr<transport::grpc_server> grpc_;
  std::unique_ptr<intake_door> intake_;
  std::unique_ptr<pollers::poll_service> polls_;
  std::atomic<bool> ready_ = false;
  std::int64_t live_actors_ = 0;
};

// Ends the process when the shutdown takes longer than it may; what is committed is safe, and is read back at the next
// start.
void guard_shutdown(std::chrono::seconds at_most, telemetry::json_log& log) {
  std::thread([at_most, &log] {
    std::this_thread::sleep_for(at_most);
    log.error("the shutdown took too long; ending at once", {{"seconds", at_most.count()}});
    std::_Exit(1);
  }).detach();
}

// Every connection is an open file: as many as this process may have.
void raise_open_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
}

} // namespace

int run_serve(const serve_options& options) {
  const stop_signals signals;
  raise_open_files();
  auto config = read_config(options);
  if (!config) {
    std::cerr << config.err().message << '\n';
    return 2;
  }
  const auto level = telemetry::parse_log_level(config->log_level);
  telemetry::json_log log("node", level ? *level : ports::log_level::info);
  log.adopt_default_logger();
  running_node node(std::move(*config), log);
  if (auto started = node.start(); !started) {
    log.error("the node cannot start", {{"why", started.err().message}});
    std::cerr << "cxstream: " << started.err().message << '\n';
    node.stop();
    return started.err().code == base::error_code::invalid_argument ? 2 : 1;
  }
  while (!signals.wait(node.look_every()))
    node.look_around();
  log.info("stopping", {});
  guard_shutdown(node.shutdown_timeout(), log);
  node.stop();
  log.info("stopped", {});
  transport::route_grpc_log(nullptr);
  return 0;
}

} // namespace cxstream::cli
