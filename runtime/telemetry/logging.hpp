// json_log: ports::log on spdlog, one JSON object a line on a stream (stderr unless told otherwise). Thread-safe; lines
// are written and flushed in the calling thread.
#pragma once

#include "base/result.hpp"
#include "ports/log.hpp"
#include "telemetry/repeat_gate.hpp"

#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace spdlog {
class logger;
}

namespace cxstream::telemetry {

// "debug", "info", "warn", "error", "off". Error: invalid_argument.
base::result<ports::log_level> parse_log_level(std::string_view text);

class json_log final : public ports::log {
public:
  using steady_now = std::function<repeat_gate::time_point()>;

  // `name` is the field "logger". The stream must outlive the log. `now` times write_sparsely().
  json_log(std::string name, ports::log_level lowest, std::FILE* stream = stderr,
           steady_now now = std::chrono::steady_clock::now);
  ~json_log() override;

  bool enabled(ports::log_level level) const override;
  void write(ports::log_level level, std::string_view message, fields with) override;
  void write_sparsely(ports::log_level level, std::string_view key, std::chrono::seconds every,
                      std::string_view message, fields with) override;

  // What libraries write by spdlog's default logger gets the same form and stream.
  void adopt_default_logger();

private:
  std::shared_ptr<spdlog::logger> logger_;
  const steady_now now_;
  std::mutex mutex_;
  repeat_gate gate_;
};

} // namespace cxstream::telemetry
