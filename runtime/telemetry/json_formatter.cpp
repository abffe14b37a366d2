#include "telemetry/json_formatter.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/chrono.h>

#include <array>
#include <chrono>
#include <string>

namespace cxstream::telemetry {
namespace {

thread_local ports::log::fields current_fields;

std::string rfc3339_ms(spdlog::log_clock::time_point time) {
  const auto ms = std::chrono::time_point_cast<std::chrono::milliseconds>(time);
  const auto second = std::chrono::floor<std::chrono::seconds>(ms);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(second)),
                     (ms - second).count());
}

const char* name_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warn";
    default:
      return "error";
  }
}

std::string free_key(std::string_view key) {
  constexpr std::array<std::string_view, 4> taken{"ts", "level", "logger", "msg"};
  std::string name(key);
  for (const auto& word : taken)
    if (name == word)
      name += '_';
  return name;
}

} // namespace

fields_of_line::fields_of_line(ports::log::fields fields) {
  current_fields = fields;
}

fields_of_line::~fields_of_line() {
  current_fields = {};
}

void json_formatter::format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) {
  nlohmann::ordered_json object;
  object["ts"] = rfc3339_ms(line.time);
  object["level"] = name_of(line.level);
  object["logger"] = std::string(line.logger_name.data(), line.logger_name.size());
  object["msg"] = std::string(line.payload.data(), line.payload.size());
  for (const auto& field : current_fields)
    std::visit([&, key = free_key(field.key)](const auto& value) { object[key] = value; }, field.value);
  const std::string text = object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  out.append(text.data(), text.data() + text.size());
  out.push_back('\n');
}

std::unique_ptr<spdlog::formatter> json_formatter::clone() const {
  return std::make_unique<json_formatter>();
}

} // namespace cxstream::telemetry
