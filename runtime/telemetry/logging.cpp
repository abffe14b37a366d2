#include "telemetry/logging.hpp"

#include "telemetry/json_formatter.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

namespace cxstream::telemetry {
namespace {

spdlog::level::level_enum to_spdlog(ports::log_level level) {
  switch (level) {
    case ports::log_level::debug:
      return spdlog::level::debug;
    case ports::log_level::info:
      return spdlog::level::info;
    case ports::log_level::warn:
      return spdlog::level::warn;
    case ports::log_level::error:
      return spdlog::level::err;
    case ports::log_level::off:
      break;
  }
  return spdlog::level::off;
}

// spdlog's stream sinks take any FILE*, but only its classes for stdout and stderr are public.
class stream_sink final : public spdlog::sinks::stdout_sink_base<spdlog::details::console_mutex> {
public:
  explicit stream_sink(std::FILE* stream) : stdout_sink_base(stream) {
    set_formatter(std::make_unique<json_formatter>());
  }
};

} // namespace

base::result<ports::log_level> parse_log_level(std::string_view text) {
  using enum ports::log_level;
  constexpr std::pair<std::string_view, ports::log_level> levels[] = {
      {"debug", debug}, {"info", info}, {"warn", warn}, {"error", error}, {"off", off}};
  for (const auto& [name, level] : levels)
    if (text == name)
      return level;
  return base::error{base::error_code::invalid_argument,
                     "\"" + std::string(text) + "\" is no log level: use debug, info, warn, error or off"};
}

json_log::json_log(std::string name, ports::log_level lowest, std::FILE* stream, steady_now now)
    : logger_(std::make_shared<spdlog::logger>(std::move(name), std::make_shared<stream_sink>(stream))),
      now_(std::move(now)) {
  logger_->set_level(to_spdlog(lowest));
}

json_log::~json_log() = default;

bool json_log::enabled(ports::log_level level) const {
  return logger_->should_log(to_spdlog(level));
}

void json_log::write(ports::log_level level, std::string_view message, fields with) {
  if (!enabled(level))
    return;
  const fields_of_line scope(with);
  logger_->log(to_spdlog(level), spdlog::string_view_t(message.data(), message.size()));
}

void json_log::write_sparsely(ports::log_level level, std::string_view key, std::chrono::seconds every,
                              std::string_view message, fields with) {
  if (!enabled(level))
    return;
  std::optional<std::uint64_t> left_out;
  {
    const std::lock_guard lock(mutex_);
    left_out = gate_.admit(key, every, now_());
  }
  if (!left_out)
    return;
  std::vector<ports::log_field> all(with.begin(), with.end());
  if (*left_out > 0)
    all.emplace_back("left_out", *left_out);
  write(level, message, all);
}

void json_log::adopt_default_logger() {
  spdlog::set_default_logger(logger_);
}

} // namespace cxstream::telemetry
