#include "model/validate.hpp"

#include "model/event_fields.hpp"
#include "model/fold_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace cxstream::model {

namespace {

using verdict = std::optional<rejection>;

constexpr std::int64_t second_us = 1'000'000;
constexpr std::string_view metric_prefix = "custom_metrics.";

// Cold: only bad events come here.
[[gnu::cold]] [[gnu::noinline]] rejection refuse(v1::RejectReason reason, std::string path,
                                                 std::initializer_list<std::string_view> message) {
  rejection r{reason, std::move(path), {}};
  for (const auto part : message)
    r.message += part;
  return r;
}

[[gnu::cold]] [[gnu::noinline]] rejection too_long(std::string path, std::size_t bytes, std::size_t bytes_max) {
  const auto is = std::to_string(bytes);
  const auto may = std::to_string(bytes_max);
  std::string name = path;
  return refuse(v1::TOO_LARGE, std::move(path),
                {name, " has ", is, " bytes; at most ", may, " are allowed: shorten it"});
}

[[gnu::cold]] [[gnu::noinline]] rejection too_many(std::string path, int count, std::size_t count_max) {
  const auto is = std::to_string(count);
  const auto may = std::to_string(count_max);
  std::string name = path;
  return refuse(v1::TOO_LARGE, std::move(path),
                {name, " has ", is, " entries; at most ", may, " are allowed: send fewer"});
}

// Eight bytes at a time: none below 0x20, none from 0x7f on.
bool is_printable_ascii(std::string_view text) noexcept {
  constexpr auto every = [](std::uint64_t byte) { return byte * 0x0101010101010101u; };
  const auto suspicious = [&](std::uint64_t eight) {
    return (eight | (eight - every(0x20)) | (eight + every(0x01))) & every(0x80);
  };
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data(), sizeof eight);
    if (suspicious(eight) != 0)
      return false;
    text.remove_prefix(sizeof eight);
  }
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

// C0 and C1 control characters and DEL. The text is UTF-8, so that C1 is always the byte pair C2 80 … C2 9F.
bool has_control(std::string_view text) noexcept {
  if (is_printable_ascii(text))
    return false; // as nearly always
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (before == 0xc2 && byte < 0xa0))
      return true;
    before = byte;
  }
  return false;
}

// What is wrong with a text's characters; empty when nothing is.
std::string_view fault_of(std::string_view text, text_content content) noexcept {
  switch (content) {
    case text_content::type:
      if (std::ranges::any_of(text, is_space))
        return " contains space; write a dotted lower-case type such as ticket.updated";
      [[fallthrough]];
    case text_content::identifier:
      return has_control(text) ? " contains a control character (such as a newline or NUL): remove it" : "";
    case text_content::words:
      return text.find('\0') != text.npos ? " contains a NUL character: remove it" : "";
    case text_content::link:
      return is_web_url(text) ? "" : " is not an absolute http or https URL; write it as https://host/path";
  }
  return "";
}

verdict check_text(const text_field& field, const v1::CanonicalEvent& e, const validation_limits& limits) {
  if (!field.present_in(e)) {
    if (!field.required)
      return {};
    return refuse(v1::MISSING_FIELD, std::string(field.path), {field.path, " is required: fill it in"});
  }
  const std::string& text = (e.*field.get)();
  if (const auto bytes_max = limits.*field.bytes_max; text.size() > bytes_max)
    return too_long(std::string(field.path), text.size(), bytes_max);
  if (const auto fault = fault_of(text, field.content); !fault.empty())
    return refuse(field.content == text_content::link ? v1::INVALID_URL : v1::OUT_OF_RANGE, std::string(field.path),
                  {field.path, fault});
  return {};
}

verdict check_occurred_at(const v1::CanonicalEvent& e, base::timestamp now, const validation_limits& limits) {
  if (!e.has_occurred_at())
    return refuse(v1::MISSING_FIELD, "occurred_at", {"occurred_at is required: say when it happened, in UTC"});
  const auto seconds = e.occurred_at().seconds();
  const auto nanos = e.occurred_at().nanos();
  if (nanos < 0 || nanos > 999'999'999)
    return refuse(v1::INVALID_TIME, "occurred_at", {"occurred_at.nanos must be from 0 to 999,999,999"});
  // Compared in seconds first: the product below must not overflow.
  if (seconds < base::to_us(limits.occurred_at_min) / second_us)
    return refuse(v1::INVALID_TIME, "occurred_at",
                  {"occurred_at is before 1990; check its unit (seconds since 1970 UTC) and time zone"});
  const auto latest = base::to_us(now + limits.future_tolerance);
  if (seconds > latest / second_us || seconds * second_us + nanos / 1'000 > latest)
    return refuse(
        v1::INVALID_TIME, "occurred_at",
        {"occurred_at is further in the future than the node tolerates; check its unit (seconds since 1970 UTC), "
         "its time zone and the source's clock"});
  return {};
}

// [min, max], and a number: NaN is in no range.
bool within(double value, double min, double max) noexcept {
  return value >= min && value <= max;
}

verdict check_signal(const signal_field& field, const v1::CanonicalEvent& e) {
  if (!(e.*field.has)())
    return {};
  const v1::Signal& signal = (e.*field.get)();
  const auto path = [&](std::string_view part) { return std::string(field.path).append(part); };
  if (signal.has_label() && !is_canonical_word(field.words, signal.label()))
    return refuse(v1::OUT_OF_RANGE, path(".label"),
                  {field.path, ".label is not a known word; use one of: ", canonical_words(field.words)});
  if (signal.has_score() && !within(signal.score(), field.score_min, 1.0))
    return refuse(v1::OUT_OF_RANGE, path(".score"),
                  {field.path, ".score must be a number from ", field.score_min < 0 ? "-1" : "0", " to 1"});
  if (signal.has_confidence() && !within(signal.confidence(), 0.0, 1.0))
    return refuse(v1::OUT_OF_RANGE, path(".confidence"), {field.path, ".confidence must be a number from 0 to 1"});
  return {};
}

verdict check_metrics(const v1::CanonicalEvent& e, const validation_limits& limits) {
  if (static_cast<std::size_t>(e.custom_metrics_size()) > limits.custom_metrics)
    return too_many("custom_metrics", static_cast<int>(e.custom_metrics_size()), limits.custom_metrics);
  for (const auto& [name, value] : e.custom_metrics()) {
    if (name.empty())
      return refuse(v1::MISSING_FIELD, "custom_metrics", {"custom_metrics has an entry without a name: name it"});
    if (name.size() > limits.word_bytes)
      return too_long("custom_metrics", name.size(), limits.word_bytes);
    if (const auto fault = fault_of(name, text_content::identifier); !fault.empty())
      return refuse(v1::OUT_OF_RANGE, "custom_metrics", {"a name in custom_metrics", fault});
    if (!std::isfinite(value))
      return refuse(v1::OUT_OF_RANGE, std::string(metric_prefix) + name,
                    {metric_prefix, name, " is not a finite number: leave it out when there is no value"});
  }
  return {};
}

verdict check_tags(const v1::CanonicalEvent& e, const validation_limits& limits) {
  if (static_cast<std::size_t>(e.raw_tags_size()) > limits.raw_tags)
    return too_many("raw_tags", e.raw_tags_size(), limits.raw_tags);
  for (int i = 0; i < e.raw_tags_size(); ++i) {
    const auto path = [&] { return "raw_tags[" + std::to_string(i) + "]"; };
    if (e.raw_tags(i).size() > limits.tag_bytes)
      return too_long(path(), e.raw_tags(i).size(), limits.tag_bytes);
    if (const auto fault = fault_of(e.raw_tags(i), text_content::words); !fault.empty())
      return refuse(v1::OUT_OF_RANGE, path(), {path(), fault});
  }
  return {};
}

enum class clearing : unsigned char { allowed, also_set, unknown };

clearing judge_clear(const v1::CanonicalEvent& e, const std::string& path) {
  const auto when = [](bool set) { return set ? clearing::also_set : clearing::allowed; };
  for (const auto& field : fields::optional_texts)
    if (field.path == path)
      return when((e.*field.has)());
  for (const auto& field : fields::signals)
    if (field.path == path)
      return when((e.*field.has)());
  if (path == "raw_tags")
    return when(e.raw_tags_size() != 0);
  if (path == "custom_metrics")
    return when(e.custom_metrics_size() != 0);
  if (path.size() > metric_prefix.size() && path.starts_with(metric_prefix))
    return when(e.custom_metrics().contains(path.substr(metric_prefix.size())));
  return clearing::unknown;
}

verdict check_cleared(const v1::CanonicalEvent& e, const validation_limits& limits) {
  if (static_cast<std::size_t>(e.cleared().paths_size()) > limits.cleared_paths)
    return too_many("cleared", e.cleared().paths_size(), limits.cleared_paths);
  for (int i = 0; i < e.cleared().paths_size(); ++i) {
    const auto& path = e.cleared().paths(i);
    const auto at = [&] { return "cleared.paths[" + std::to_string(i) + "]"; };
    if (const auto bytes_max = metric_prefix.size() + limits.word_bytes; path.size() > bytes_max)
      return too_long(at(), path.size(), bytes_max);
    if (has_control(path))
      return refuse(v1::INVALID_CLEAR, at(), {"cleared names a field with a control character: remove it"});
    switch (judge_clear(e, path)) {
      case clearing::allowed:
        break;
      case clearing::also_set:
        return refuse(v1::INVALID_CLEAR, at(),
                      {"cleared names ", path, ", which the event also sets: do one or the other"});
      case clearing::unknown:
        return refuse(
            v1::INVALID_CLEAR, at(),
            {"cleared names \"", path, "\", which is not a field that can be emptied; see cleared in event.proto"});
    }
  }
  return {};
}

} // namespace

std::optional<rejection> validate(const v1::CanonicalEvent& event, base::timestamp now,
                                  const validation_limits& limits) {
  for (const auto& field : fields::plain_texts)
    if (auto bad = check_text(field, event, limits))
      return bad;
  if (auto bad = check_occurred_at(event, now, limits))
    return bad;
  for (const auto& field : fields::optional_texts)
    if (auto bad = check_text(field, event, limits))
      return bad;
  for (const auto& field : fields::signals)
    if (auto bad = check_signal(field, event))
      return bad;
  if (auto bad = check_metrics(event, limits))
    return bad;
  if (auto bad = check_tags(event, limits))
    return bad;
  return event.has_cleared() ? check_cleared(event, limits) : verdict{};
}

} // namespace cxstream::model
