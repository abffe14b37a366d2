#include "pollers/json_page.hpp"

#include "base/rfc3339.hpp"

#include <rapidjson/error/en.h>

#include <charconv>

namespace cxstream::pollers {

namespace {

using base::error_code;

std::optional<std::int64_t> scaled(std::int64_t number, config::poll_time_format format) {
  const std::int64_t unit = format == config::poll_time_format::unix_ms ? 1'000 : 1'000'000;
  std::int64_t us = 0;
  if (__builtin_mul_overflow(number, unit, &us))
    return {};
  return us;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size())
    return {};
  return number;
}

// One step of a path as a step of a JSON pointer.
void append_step(std::string& pointer, std::string_view name) {
  pointer += '/';
  for (const char c : name)
    pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
}

} // namespace

base::result<rapidjson::Document> parse_page(std::string_view body) {
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  rapidjson::Document out;
  out.Parse<flags>(body.data(), body.size());
  if (out.HasParseError())
    return base::error{error_code::malformed,
                       std::string("the answer is not JSON at byte ") + std::to_string(out.GetErrorOffset()) + " of " +
                           std::to_string(body.size()) + ": " + rapidjson::GetParseError_En(out.GetParseError())};
  return out;
}

base::result<plain_path> plain_path::of(std::string_view text) {
  const base::error wrong{error_code::invalid_argument, "\"" + std::string(text) +
                                                            "\" is no plain path; write one such as .data.items, "
                                                            ".pages[0].next, or . for the whole"};
  std::string pointer;
  auto rest = text;
  if (rest == ".")
    rest = {};
  while (!rest.empty()) {
    if (rest.front() == '[') {
      const auto end = rest.find(']');
      if (end == std::string_view::npos || !whole_number(rest.substr(1, end - 1)) || rest[1] == '-')
        return wrong;
      append_step(pointer, rest.substr(1, end - 1));
      rest.remove_prefix(end + 1);
      continue;
    }
    if (rest.front() == '.')
      rest.remove_prefix(1);
    const auto name = rest.substr(0, rest.find_first_of(".["));
    if (name.empty() || name.find_first_of("] |\"'()") != std::string_view::npos)
      return wrong;
    append_step(pointer, name);
    rest.remove_prefix(name.size());
  }
  rapidjson::Pointer compiled(pointer.data(), pointer.size());
  if (!compiled.IsValid())
    return wrong;
  return plain_path(std::string(text), std::move(compiled));
}

const rapidjson::Value* plain_path::in(const rapidjson::Value& value) const {
  return pointer_.Get(value);
}

std::string mark_text(const rapidjson::Value* value) {
  if (value == nullptr)
    return {};
  if (value->IsString())
    return {value->GetString(), value->GetStringLength()};
  if (value->IsInt64())
    return std::to_string(value->GetInt64());
  return {};
}

std::optional<std::int64_t> time_us(const rapidjson::Value* value, config::poll_time_format format) {
  if (value == nullptr)
    return {};
  if (value->IsInt64())
    return scaled(value->GetInt64(), format);
  if (!value->IsString())
    return {};
  const std::string_view text(value->GetString(), value->GetStringLength());
  if (const auto number = whole_number(text))
    return scaled(*number, format);
  if (const auto time = base::parse_rfc3339(text))
    return base::to_us(*time);
  return {};
}

} // namespace cxstream::pollers
