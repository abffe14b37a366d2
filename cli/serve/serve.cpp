#include "serve/serve.hpp"

#include "config/exposure.hpp"
#include "config/load.hpp"
#include "serve/running_node.hpp"
#include "telemetry/logging.hpp"
#include "transport/grpc_log.hpp"

#include <csignal>
#include <iostream>
#include <sys/resource.h>
#include <thread>

namespace cxstream::cli {

namespace {

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
