#include "model/rule_field.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace cxstream::model {

namespace {

using std::string_view;

constexpr string_view metric_prefix = "custom_metrics.";
constexpr std::array<string_view, 15> fields{"churn_risk", "churn_risk.score", "sentiment",    "sentiment.score",
                                             "effort",     "effort.score",     "priority",     "status",
                                             "channel",    "canonical_tag",    "driver",       "account_id",
                                             "event_type", "agent_id",         "source_system"};
constexpr std::array<string_view, 4> levels{"low", "medium", "high", "very_high"};
constexpr std::array<string_view, 4> priorities{"low", "normal", "high", "urgent"};
constexpr std::array<string_view, 5> sentiments{"very_negative", "negative", "neutral", "positive", "very_positive"};

std::span<const string_view> words_of(string_view field) {
  if (field == "churn_risk" || field == "effort")
    return levels;
  if (field == "priority")
    return priorities;
  if (field == "sentiment")
    return sentiments;
  return {};
}

bool is_number(string_view field) {
  return field.ends_with(".score") || field.starts_with(metric_prefix);
}

std::optional<std::string> text_of(double number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return std::string(digits.data(), end);
}

std::optional<std::string> value(const v1::RevisedText& text) {
  return text.has_value() ? std::optional(text.value()) : std::nullopt;
}

std::optional<std::string> of_signal(const v1::Signal& signal, bool score) {
  if (score)
    return signal.has_score() ? text_of(signal.score()) : std::nullopt;
  return signal.has_label() ? std::optional(signal.label()) : std::nullopt;
}

} // namespace

bool is_rule_field(string_view name) {
  return std::ranges::find(fields, name) != fields.end() ||
         (name.starts_with(metric_prefix) && name.size() > metric_prefix.size());
}

bool is_of_event(string_view name) {
  return name == "event_type" || name == "source_system";
}

bool has_order(string_view name) {
  return is_number(name) || !words_of(name).empty();
}

bool more_is_better(string_view name) {
  return name.starts_with("sentiment");
}

std::string names_of_rule_fields() {
  std::string out;
  for (const auto name : fields)
    out.append(name).append(", ");
  return out + "custom_metrics.NAME";
}

std::optional<std::string> text_in(const v1::TicketState& s, string_view field) {
  if (field.starts_with(metric_prefix)) {
    const auto found = s.custom_metrics().find(std::string(field.substr(metric_prefix.size())));
    return found != s.custom_metrics().end() && found->second.has_value() ? text_of(found->second.value())
                                                                          : std::nullopt;
  }
  const bool score = field.ends_with(".score");
  if (field.starts_with("churn_risk"))
    return of_signal(s.churn_risk().value(), score);
  if (field.starts_with("sentiment"))
    return of_signal(s.sentiment().value(), score);
  if (field.starts_with("effort"))
    return of_signal(s.effort().value(), score);
  if (field == "priority")
    return value(s.priority());
  if (field == "status")
    return value(s.status());
  if (field == "channel")
    return value(s.channel());
  if (field == "canonical_tag")
    return value(s.canonical_tag());
  if (field == "driver")
    return value(s.driver());
  if (field == "account_id")
    return value(s.account_id());
  if (field == "agent_id")
    return value(s.agent_id());
  return std::nullopt;
}

std::optional<std::string> text_in(const v1::CanonicalEvent& event, string_view field) {
  return field == "event_type" ? event.event_type() : event.source_system();
}

std::optional<double> rank_of(string_view field, string_view text) {
  if (is_number(field)) {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
  }
  const auto words = words_of(field);
  const auto found = std::ranges::find(words, text);
  return found == words.end() ? std::nullopt : std::optional(static_cast<double>(found - words.begin()));
}

} // namespace cxstream::model
