#include "connectors/crm/record_comparison.hpp"

#include "base/hash.hpp"
#include "base/rfc3339.hpp"
#include "connectors/crm/json_record.hpp"
#include "connectors/warehouse/ticket_row.hpp"
#include "model/state_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

namespace cxstream::connectors {

namespace {

using model::field;

// These are an event's own: which event is sent for a ticket is not the ticket's state.
constexpr std::array own_fields{field::event_id,
                                field::event_type,
                                field::source_system,
                                field::schema_version,
                                field::mapping_version,
                                field::idempotency_key,
                                field::taxonomy_version,
                                field::received_at,
                                field::committed_at,
                                field::late,
                                field::delivered_at,
                                field::replayed,
                                field::offset};

value_kind kind_of(const model::projected_field& output, bool is_day) {
  if (output.constant)
    return value_kind::text;
  switch (output.source) {
    case field::sentiment_score:
    case field::sentiment_confidence:
    case field::churn_risk_score:
    case field::churn_risk_confidence:
    case field::effort_score:
    case field::effort_confidence:
    case field::version:
    case field::ticket_sequence:
    case field::partition:
      return value_kind::number;
    case field::custom_metrics:
      return output.metric.empty() ? value_kind::text : value_kind::number;
    case field::occurred_at:
      return is_day ? value_kind::day : value_kind::time;
    default:
      return value_kind::text;
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto from = text.find_first_not_of(blank);
  return from == std::string_view::npos ? std::string_view()
                                        : text.substr(from, text.find_last_not_of(blank) - from + 1);
}

std::optional<double> number_in(std::string_view text) {
  double out = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failure != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

std::string fixed(double value) {
  char text[64];
  const auto size = std::snprintf(text, sizeof text, "%.4f", value == 0 ? 0.0 : value); // no "-0.0000"
  return {text, static_cast<std::size_t>(size)};
}

} // namespace

std::optional<base::timestamp> time_of(std::string_view text) {
  if (text.find_first_not_of("0123456789") == std::string_view::npos && !text.empty()) {
    std::int64_t ms = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), ms).ec != std::errc{})
      return std::nullopt;
    return base::timestamp{std::chrono::milliseconds{ms}};
  }
  std::string whole(text);
  if (whole.size() == 10)
    whole += "T00:00:00Z";
  constexpr std::size_t offset_bytes = 5; // "+0000"
  if (whole.size() > offset_bytes) {
    const auto sign = whole.size() - offset_bytes;
    if ((whole[sign] == '+' || whole[sign] == '-') && whole.find(':', sign) == std::string::npos)
      whole = whole.substr(0, sign + 3) + ':' + whole.substr(sign + 3);
  }
  return base::parse_rfc3339(whole);
}

std::string comparable(value_kind kind, std::string_view text) {
  const auto plain = trimmed(text);
  if (plain.empty() || kind == value_kind::text)
    return std::string(plain);
  if (kind == value_kind::number) {
    const auto number = number_in(plain);
    return number ? fixed(*number) : std::string(plain);
  }
  if (kind == value_kind::flag) {
    std::string lower(plain);
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return lower;
  }
  const auto time = time_of(plain);
  if (!time)
    return std::string(plain);
  if (kind == value_kind::day)
    return base::format_rfc3339(std::chrono::floor<std::chrono::days>(*time));
  return base::format_rfc3339(std::chrono::floor<std::chrono::seconds>(*time));
}

base::result<record_shape> record_shape::of(const model::compiled_projection& projection, const record_style& style) {
  record_shape out;
  for (const auto& output : projection.fields()) {
    const auto name = style.name_of(output);
    if (name.empty() || (!output.constant && std::ranges::find(own_fields, output.source) != own_fields.end()))
      continue;
    const bool is_day = style.dates.contains(name);
    out.fields_.push_back({name, kind_of(output, is_day)});
    if (output.constant)
      continue;
    if (output.source == field::ticket_sequence)
      out.sequence_name_ = name;
    if (output.source == field::occurred_at && !is_day)
      out.time_name_ = name;
  }
  if (out.sequence_name_.empty() || out.time_name_.empty())
    return base::error{base::error_code::invalid_argument,
                       "records without ticket_sequence or occurred_at cannot be compared"};
  std::ranges::sort(out.fields_, {}, &compared::name);
  return out;
}

ports::census_row record_shape::row_of(const found_record& record) const {
  const auto value = [&](const std::string& name, value_kind kind) {
    const auto found = record.values.find(name);
    return found == record.values.end() ? std::string() : comparable(kind, found->second);
  };
  ports::census_row out;
  out.ticket_id = record.key;
  std::string text;
  for (const auto& f : fields_) {
    const auto shown = value(f.name, f.kind);
    text.append(std::to_string(f.name.size())).append(":").append(f.name);
    text.append(std::to_string(shown.size())).append(":").append(shown);
  }
  out.digest = base::xxh3_64(text);
  if (const auto sequence = number_in(value(sequence_name_, value_kind::number)))
    out.sequence = base::ticket_sequence{static_cast<std::uint64_t>(std::max(0.0, *sequence))};
  if (const auto time = time_of(value(time_name_, value_kind::time)))
    out.last_occurred_at = *time;
  return out;
}

found_record record_shape::left_by(const crm_record& record) const {
  found_record out;
  out.key = record.key;
  for (const auto& [name, value] : record.fields)
    out.values[std::string(name)] = text_of(value);
  return out;
}

void record_shape::fill(crm_record& record) const {
  for (const auto& f : fields_)
    if (std::ranges::find(record.fields, f.name, [](const auto& field) { return field.first; }) == record.fields.end())
      record.fields.emplace_back(f.name, crm_value{});
}

std::vector<std::string> record_shape::names() const {
  std::vector<std::string> out;
  for (const auto& f : fields_)
    out.push_back(f.name);
  return out;
}

void folded_ticket::add(const ports::delivery& event) {
  v1::CanonicalEvent e;
  if (!e.ParseFromString(event.event))
    return;
  fold_into_row(state_, e, event.offset);
  last_ = event;
  last_event_ = std::move(e);
}

std::optional<ports::delivery> folded_ticket::carrier() const {
  if (state_.ticket_id().empty())
    return std::nullopt;
  auto event = last_event_;
  model::carry_state(event, state_);
  auto out = last_;
  out.event = event.SerializeAsString();
  return out;
}

ports::census_row expected_record::row() const {
  const auto carrier = ticket_.carrier();
  if (!carrier)
    return {};
  const auto record = maker_.make(*carrier, 0);
  return shape_.row_of(shape_.left_by(*record));
}

} // namespace cxstream::connectors
