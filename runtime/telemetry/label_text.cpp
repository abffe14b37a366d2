#include "telemetry/label_text.hpp"

#include <nlohmann/json.hpp>

namespace cxstream::telemetry {
namespace {

constexpr std::size_t label_bytes_max = 128;

bool is_utf8(const std::string& text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

} // namespace

std::string label_text(std::string_view value) {
  if (value.empty())
    return "unknown";
  std::string text(value.substr(0, label_bytes_max + 1));
  return text.size() > label_bytes_max || !is_utf8(text) ? "other" : text;
}

} // namespace cxstream::telemetry
