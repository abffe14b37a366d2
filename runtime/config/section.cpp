#include "config/section.hpp"

#include "config/quantities.hpp"
#include "config/suggest.hpp"

#include <algorithm>
#include <charconv>

namespace cxstream::config {

namespace {

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

// As parse_duration() reads it, in the largest unit that divides it.
std::string written(std::chrono::milliseconds t) {
  struct unit {
    std::int64_t ms;
    const char* name;
  };
  for (const auto& [ms, name] : {unit{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}})
    if (t.count() != 0 && t.count() % ms == 0)
      return std::to_string(t.count() / ms) + name;
  return std::to_string(t.count()) + "ms";
}

std::string decimal(double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return {digits, end};
}

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size())
    return {};
  return value;
}

} // namespace

std::optional<std::string> scalar_text(const YAML::Node& node, const std::string& what, reading in) {
  if (!node.IsScalar()) {
    in.found.add(line_of(node), what + (node.IsNull() ? " has no value; give one or remove the line"
                                                      : " must be a single value, not a list or mapping"));
    return {};
  }
  if (in.variables == nullptr)
    return node.Scalar();
  auto [text, problem] = interpolate(node.Scalar(), *in.variables);
  if (problem.empty())
    return std::move(text);
  in.found.add(line_of(node), what + ": " + problem);
  return {};
}

section::section(const YAML::Node& node, std::string path, reading in) : path_(std::move(path)), in_(in) {
  if (!node || node.IsNull())
    return;
  line_ = line_of(node);
  if (!node.IsMap()) {
    in_.found.add(line_, path_ + " must be a mapping of \"key: value\" lines");
    return;
  }
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) {
      in_.found.add(line_of(pair.first), "a key must be a plain word");
      continue;
    }
    const auto& key = pair.first.Scalar();
    if (const auto* other = find(key))
      in_.found.add(line_of(pair.first),
                    name(key) + " stands twice, first in line " + std::to_string(other->line) + "; remove one");
    else
      entries_.push_back({key, line_of(pair.first), pair.second});
  }
}

section::entry* section::find(std::string_view key) {
  const auto found = std::ranges::find(entries_, key, &entry::key);
  return found == entries_.end() ? nullptr : &*found;
}

YAML::Node section::child(std::string_view key) {
  known_.push_back(key);
  auto* found = find(key);
  if (found == nullptr)
    return {};
  found->taken = true;
  return found->value;
}

std::optional<std::string> section::take(std::string_view key) {
  const auto node = child(key);
  if (!has(key))
    return {};
  if (node.IsNull()) {
    wrong(key, "has no value; give one or remove the line");
    return {};
  }
  return scalar_text(node, name(key), in_);
}

void section::text(std::string_view key, std::string& out) {
  if (auto value = take(key))
    out = *std::move(value);
}

void section::identifier(std::string_view key, std::string& out) {
  constexpr std::size_t bytes_max = 64;
  text(key, out);
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  if (out.empty())
    wrong(key, "is missing; give one");
  else if (out.size() > bytes_max || !std::ranges::all_of(out, is_allowed))
    wrong(key, "cannot be " + quoted(out) + "; use letters, digits, \"-\", \"_\" and \".\", at most 64");
}

void section::choice(std::string_view key, std::string& out, std::span<const std::string_view> allowed) {
  const auto value = take(key);
  if (!value)
    return;
  if (std::ranges::find(allowed, *value) != allowed.end())
    out = *value;
  else
    wrong(key, "cannot be " + quoted(*value) + suggestion(*value, allowed));
}

void section::flag(std::string_view key, bool& out) {
  const auto value = take(key);
  if (!value)
    return;
  if (*value == "true" || *value == "false")
    out = *value == "true";
  else
    wrong(key, "cannot be " + quoted(*value) + "; write true or false");
}

void section::real(std::string_view key, double& out, range<double> allowed) {
  const auto text = take(key);
  if (!text)
    return;
  const auto value = parse_number<double>(*text);
  if (value && *value >= allowed.min && *value <= allowed.max)
    out = *value;
  else
    wrong(key, "cannot be " + quoted(*text) + "; write a number from " + decimal(allowed.min) + " to " +
                   decimal(allowed.max));
}

void section::whole(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed) {
  const auto text = take(key);
  if (!text)
    return;
  const auto value = parse_number<std::uint64_t>(*text);
  if (value && *value >= allowed.min && *value <= allowed.max)
    out = *value;
  else
    wrong(key, "cannot be " + quoted(*text) + "; write a whole number from " + std::to_string(allowed.min) + " to " +
                   std::to_string(allowed.max));
}

void section::bytes(std::string_view key, std::uint64_t& out, range<std::uint64_t> allowed) {
  const auto text = take(key);
  if (!text)
    return;
  const auto value = parse_size(*text);
  if (value && *value >= allowed.min && *value <= allowed.max)
    out = *value;
  else
    wrong(key, "cannot be " + quoted(*text) + "; write a size such as 64KiB or 128MiB, from " +
                   std::to_string(allowed.min) + " to " + std::to_string(allowed.max) + " bytes");
}

void section::duration(std::string_view key, std::chrono::milliseconds& out, range<std::chrono::milliseconds> allowed) {
  const auto text = take(key);
  if (!text)
    return;
  const auto value = parse_duration(*text);
  if (value && *value >= allowed.min && *value <= allowed.max)
    out = *value;
  else
    wrong(key, "cannot be " + quoted(*text) + "; write a duration such as 500ms, 30s, 5m or 30d, from " +
                   written(allowed.min) + " to " + written(allowed.max));
}

void section::duration(std::string_view key, std::chrono::seconds& out, range<std::chrono::seconds> allowed) {
  std::chrono::milliseconds value = out;
  duration(key, value, {allowed.min, allowed.max});
  if (value % std::chrono::seconds{1} == std::chrono::milliseconds{0})
    out = std::chrono::duration_cast<std::chrono::seconds>(value);
  else
    wrong(key, "must be whole seconds");
}

void section::rate(std::string_view key, double& out) {
  const auto text = take(key);
  if (!text)
    return;
  if (const auto value = parse_rate(*text); value && *value > 0)
    out = *value;
  else
    wrong(key, "cannot be " + quoted(*text) + "; write how many in a second, a minute or an hour, such as 200/s");
}

void section::byte_rate(std::string_view key, double& out) {
  const auto text = take(key);
  if (!text)
    return;
  if (const auto value = parse_byte_rate(*text); value && *value > 0)
    out = *value;
  else
    wrong(key, "cannot be " + quoted(*text) + "; write a size and a time, such as 10MiB/s or 1GiB/h");
}

std::vector<std::string> section::texts(std::string_view key) {
  std::vector<std::string> out;
  const auto node = child(key);
  if (!has(key))
    return out;
  if (!node.IsSequence()) {
    if (auto value = scalar_text(node, name(key), in_))
      out.push_back(*std::move(value));
    return out;
  }
  for (const auto& item : node)
    if (auto value = scalar_text(item, name(key), in_))
      out.push_back(*std::move(value));
  return out;
}

bool section::has(std::string_view key) const {
  return std::ranges::find(entries_, key, &entry::key) != entries_.end();
}

int section::line(std::string_view key) const {
  const auto found = std::ranges::find(entries_, key, &entry::key);
  return found == entries_.end() ? line_ : found->line;
}

std::string section::name(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void section::wrong(std::string_view key, const std::string& what) {
  in_.found.add(line(key), name(key) + " " + what);
}

std::vector<section::entry> section::rest() const {
  std::vector<entry> out;
  std::ranges::copy_if(entries_, std::back_inserter(out), [](const entry& e) { return !e.taken; });
  return out;
}

void section::finish() {
  for (const auto& e : rest())
    in_.found.add(e.line, "unknown key " + quoted(name(e.key)) + suggestion(e.key, known_));
}

} // namespace cxstream::config
