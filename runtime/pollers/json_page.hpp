// An answer as JSON, and plain paths into it: ".data.items", ".pages[0].next"; "." is the whole. Pure; RapidJSON stays
// in the .cpp files and headers of this folder.
#pragma once

#include "base/result.hpp"
#include "config/poll_config.hpp"

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::pollers {

// Errors: malformed, saying where the text stops being JSON (a body that was cut off ends so).
base::result<rapidjson::Document> parse_page(std::string_view body);

class plain_path {
public:
  // Errors: invalid_argument.
  static base::result<plain_path> of(std::string_view text);
  // Null when there is nothing.
  const rapidjson::Value* in(const rapidjson::Value& value) const;
  const std::string& text() const {
    return text_;
  }

private:
  plain_path(std::string text, rapidjson::Pointer pointer) : text_(std::move(text)), pointer_(std::move(pointer)) {
  }
  std::string text_;
  rapidjson::Pointer pointer_;
};

// A text or whole number as text; empty for null, "" and everything else.
std::string mark_text(const rapidjson::Value* value);

// Microseconds since 1970: numbers (also written as texts) in the format's unit, texts as RFC 3339.
std::optional<std::int64_t> time_us(const rapidjson::Value* value, config::poll_time_format format);

} // namespace cxstream::pollers
