#include "connectors/settings.hpp"

#include "config/quantities.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace cxstream::connectors {

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::string list(std::span<const std::string_view> names) {
  std::string out;
  for (const auto name : names)
    out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

} // namespace

settings::settings(const config::sink_config& sink, std::span<const std::string_view> known) : sink_(sink) {
  for (const auto& [name, value] : sink.settings)
    if (std::find(known.begin(), known.end(), name) == known.end())
      wrong(name, "is not a setting of kind " + sink.kind + "; known are: " + list(known));
}

std::string settings::text(std::string_view name, std::string_view fallback) {
  const auto* value = find(name);
  return value != nullptr ? *value : std::string(fallback);
}

std::string settings::required(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr || value->empty())
    wrong(name, "is missing; kind " + sink_.kind + " needs it");
  return value != nullptr ? *value : std::string();
}

std::string settings::choice(std::string_view name, std::span<const std::string_view> choices) {
  const auto* value = find(name);
  if (value == nullptr)
    return std::string(choices.front());
  if (std::find(choices.begin(), choices.end(), *value) == choices.end())
    wrong(name, "is \"" + *value + "\"; it can be: " + list(choices));
  return *value;
}

std::uint64_t settings::number(std::string_view name, std::uint64_t fallback, bounds<std::uint64_t> allowed) {
  const auto* text = find(name);
  if (text == nullptr)
    return fallback;
  const auto value = parse_number(*text);
  if (!value || *value < allowed.lowest || *value > allowed.highest)
    wrong(name, "is \"" + *text + "\"; it must be a whole number from " + std::to_string(allowed.lowest) + " to " +
                    std::to_string(allowed.highest));
  return value.value_or(fallback);
}

std::uint64_t settings::bytes(std::string_view name, std::uint64_t fallback, bounds<std::uint64_t> allowed) {
  const auto* text = find(name);
  if (text == nullptr)
    return fallback;
  const auto value = config::parse_size(*text);
  if (!value || *value < allowed.lowest || *value > allowed.highest)
    wrong(name, "is \"" + *text + "\"; it must be a size such as \"65536\", \"512KiB\" or \"64MiB\", from " +
                    std::to_string(allowed.lowest) + " to " + std::to_string(allowed.highest) + " bytes");
  return value.value_or(fallback);
}

std::chrono::milliseconds settings::duration(std::string_view name, std::chrono::milliseconds fallback,
                                             bounds<std::chrono::milliseconds> allowed) {
  const auto* text = find(name);
  if (text == nullptr)
    return fallback;
  const auto value = config::parse_duration(*text);
  if (!value || *value < allowed.lowest || *value > allowed.highest) {
    wrong(name, "is \"" + *text + "\"; it must be a duration such as \"250ms\", \"5s\", \"2m\" or \"1h\", from " +
                    std::to_string(allowed.lowest.count()) + " to " + std::to_string(allowed.highest.count()) + " ms");
    return fallback;
  }
  return *value;
}

security::secret settings::secret(std::string_view name) {
  auto out = security::secret::of(text(name));
  if (!out) {
    wrong(name, "is wrong: " + out.err().message);
    return {};
  }
  return *std::move(out);
}

std::set<std::string, std::less<>> settings::names(std::string_view name) {
  constexpr std::string_view separators = ", ";
  std::set<std::string, std::less<>> out;
  const auto list = text(name);
  for (std::size_t at = 0; (at = list.find_first_not_of(separators, at)) != std::string::npos;) {
    const auto end = std::min(list.find_first_of(separators, at), list.size());
    out.insert(list.substr(at, end - at));
    at = end;
  }
  return out;
}

void settings::wrong(std::string_view name, std::string_view what) {
  if (!first_error_.empty())
    return;
  const auto line = sink_.setting_lines.find(std::string(name));
  first_error_ = "sink \"" + sink_.name + "\"";
  if (line != sink_.setting_lines.end())
    first_error_ += ", line " + std::to_string(line->second);
  first_error_.append(": setting \"").append(name).append("\" ").append(what);
}

base::result<void> settings::check() const {
  if (first_error_.empty())
    return {};
  return base::error{base::error_code::invalid_argument, first_error_};
}

const std::string* settings::find(std::string_view name) const {
  const auto it = sink_.settings.find(std::string(name));
  return it == sink_.settings.end() ? nullptr : &it->second;
}

} // namespace cxstream::connectors
