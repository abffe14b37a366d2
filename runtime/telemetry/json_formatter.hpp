// json_formatter: a log line as one JSON object: {"ts":"2026-01-02T03:04:05.678Z","level":"info","logger":"node",
// "msg":"…", …fields}. Whatever bytes a text holds, the line is valid JSON in UTF-8 without a line break; broken UTF-8
// becomes U+FFFD. A field that is named like one of the four above gets "_" behind its name; of two fields of one name
// the last one stays.
#pragma once

#include "ports/log.hpp"

#include <spdlog/formatter.h>

#include <memory>

namespace cxstream::telemetry {

// The fields of the line that this thread is writing; the sinks are synchronous, so the formatter runs within its
// scope.
class fields_of_line {
public:
  explicit fields_of_line(ports::log::fields fields);
  ~fields_of_line();
  fields_of_line(const fields_of_line&) = delete;
  fields_of_line& operator=(const fields_of_line&) = delete;
};

class json_formatter final : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override;
  std::unique_ptr<spdlog::formatter> clone() const override;
};

} // namespace cxstream::telemetry
