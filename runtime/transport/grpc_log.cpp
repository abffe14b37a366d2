#include "transport/grpc_log.hpp"

#include <grpc/support/log.h>

#include <atomic>
#include <chrono>
#include <string>

namespace cxstream::transport {
namespace {

std::atomic<ports::log*> listener = nullptr;

void write(gpr_log_func_args* line) {
  ports::log* log = listener.load();
  if (!log)
    return;
  // gRPC calls ERROR what it recovers from; nothing of it puts data at risk.
  const auto level = line->severity == GPR_LOG_SEVERITY_ERROR ? ports::log_level::warn : ports::log_level::debug;
  const std::string place = std::string(line->file) + ":" + std::to_string(line->line);
  const ports::log_field fields[] = {{"library", "grpc"}, {"at", place}};
  log->write_sparsely(level, place, std::chrono::seconds(10), line->message, fields);
}

} // namespace

void route_grpc_log(ports::log* to) {
  listener.store(to);
  gpr_set_log_function(&write);
}

} // namespace cxstream::transport
