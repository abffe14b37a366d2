// log: what the node tells its operators, as lines of a message and fields. Thread-safe; a call returns when the line
// was handed over. ERROR: data at risk or a promise broken, someone must act; WARN: recovered but unexpected; INFO: a
// change of state; DEBUG: for a developer.
//
//   log.info("node started", {{"grpc", address}, {"partitions", 64}});
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace cxstream::ports {

enum class log_level : std::uint8_t { debug, info, warn, error, off };

// A named value of a line. It refers to its texts; they must live until the call returns.
struct log_field {
  using value_type = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;

  log_field(std::string_view k, bool v) : key(k), value(v) {
  }
  template <std::signed_integral T>
  log_field(std::string_view k, T v) : key(k), value(static_cast<std::int64_t>(v)) {
  }
  template <std::unsigned_integral T>
  log_field(std::string_view k, T v) : key(k), value(static_cast<std::uint64_t>(v)) {
  }
  log_field(std::string_view k, double v) : key(k), value(v) {
  }
  log_field(std::string_view k, std::string_view v) : key(k), value(v) {
  }
  log_field(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {
  }
  log_field(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {
  }

  std::string_view key;
  value_type value;
};

class log {
public:
  using fields = std::span<const log_field>;

  virtual ~log() = default;
  // False: a line of this level would be dropped; spares the work of making it.
  virtual bool enabled(log_level level) const = 0;
  // Any bytes are allowed in the texts.
  virtual void write(log_level level, std::string_view message, fields with) = 0;
  // The same for what may repeat: one line a key in every span of time; the next one says how many were left out.
  virtual void write_sparsely(log_level level, std::string_view key, std::chrono::seconds every,
                              std::string_view message, fields with) = 0;

  using field_list = std::initializer_list<log_field>;
  void debug(std::string_view message, field_list with = {}) {
    write(log_level::debug, message, {with.begin(), with.size()});
  }
  void info(std::string_view message, field_list with = {}) {
    write(log_level::info, message, {with.begin(), with.size()});
  }
  void warn(std::string_view message, field_list with = {}) {
    write(log_level::warn, message, {with.begin(), with.size()});
  }
  void error(std::string_view message, field_list with = {}) {
    write(log_level::error, message, {with.begin(), with.size()});
  }
  void warn_sparsely(std::string_view key, std::chrono::seconds every, std::string_view message, field_list with = {}) {
    write_sparsely(log_level::warn, key, every, message, {with.begin(), with.size()});
  }
};

// Drops everything; for tests and tools.
class no_log final : public log {
public:
  bool enabled(log_level) const override {
    return false;
  }
  void write(log_level, std::string_view, fields) override {
  }
  void write_sparsely(log_level, std::string_view, std::chrono::seconds, std::string_view, fields) override {
  }
};

} // namespace cxstream::ports
