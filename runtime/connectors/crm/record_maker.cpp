#include "connectors/crm/record_maker.hpp"

#include "base/rfc3339.hpp"
#include "connectors/blueprint.hpp"
#include "connectors/encoding/json_value.hpp"

#include <algorithm>
#include <chrono>

namespace cxstream::connectors {

namespace {

using model::field;

std::string joined(model::text_list values, std::string_view separator) {
  std::string out;
  for (const auto& value : *values)
    out.append(out.empty() ? "" : separator).append(value);
  return out;
}

// Times before 1970 are none of a ticket's.
std::uint64_t unix_ms(base::timestamp t) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::milliseconds>(t).time_since_epoch().count()));
}

// "sentiment" of sentiment.score; the name itself of what has no parts.
std::string_view whole_of(field f) {
  const auto name = model::name_of(f);
  return name.substr(0, name.find('.'));
}

bool has_signal(const v1::CanonicalEvent& event, field f) {
  const auto name = whole_of(f);
  return (name == "sentiment" && event.has_sentiment()) || (name == "churn_risk" && event.has_churn_risk()) ||
         (name == "effort" && event.has_effort());
}

bool clears(const v1::CanonicalEvent& event, const model::projected_field& output) {
  const auto whole = whole_of(output.source);
  return std::ranges::any_of(event.cleared().paths(), [&](const std::string& path) {
    return path == whole || (!output.metric.empty() && path == "custom_metrics." + output.metric);
  });
}

} // namespace

bool is_renamed(const model::projected_field& output) {
  if (output.constant)
    return true;
  const auto source = std::string(model::name_of(output.source));
  return output.name != (output.metric.empty() ? source : source + "." + output.metric);
}

std::string plain_name(const model::projected_field& output) {
  if (!output.metric.empty())
    return output.metric;
  if (output.source == field::ticket_sequence && !output.constant)
    return "sequence";
  std::string name = output.constant ? output.name : std::string(model::name_of(output.source));
  if (constexpr std::string_view label = ".label"; name.ends_with(label))
    name.resize(name.size() - label.size());
  std::ranges::replace(name, '.', '_');
  return name;
}

bool is_part_of_the_key(const model::projected_field& output) {
  return !is_renamed(output) && (output.source == field::ticket_id || output.source == field::cleared);
}

base::result<model::compiled_projection> record_projection_of(const config::sink_config& sink) {
  if (sink.projection.kind() == v1::BI || sink.projection.kind() == v1::PROJECTION_KIND_UNSPECIFIED)
    return invalid(sink, "kind " + sink.kind +
                             " needs a field at the target for everything it writes; say projection: "
                             "crm, or list the fields");
  auto projection = model::compile_projection(sink.projection);
  if (!projection)
    return invalid(sink, projection.err().message);
  return projection;
}

crm_value time_value(base::timestamp time, time_form form) {
  if (form == time_form::unix_ms)
    return unix_ms(time);
  return base::format_rfc3339(time);
}

crm_value day_value(base::timestamp time, time_form form) {
  constexpr std::size_t day_bytes = 10; // "2026-01-02"
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  if (form == time_form::unix_ms)
    return unix_ms(midnight);
  return base::format_rfc3339(midnight).substr(0, day_bytes);
}

record_maker::record_maker(const model::compiled_projection& projection, record_style style)
    : style_(std::move(style)) {
  for (const auto& field : projection.fields())
    if (auto name = style_.name_of(field); !name.empty()) {
      const bool is_date = style_.dates.contains(name);
      outputs_.push_back({field, std::move(name), is_date});
    }
}

std::optional<crm_record> record_maker::make(const ports::delivery& delivery, std::size_t event) {
  if (!event_.ParseFromString(delivery.event))
    return std::nullopt;
  crm_record out;
  out.event = event;
  out.key = event_.ticket_id();
  out.group = event_.account_id();
  for (const auto& o : outputs_)
    if (auto value = value_of(o))
      out.fields.emplace_back(o.name, *std::move(value));
  return out;
}

std::optional<crm_value> record_maker::value_of(const output& o) const {
  const auto value = model::compiled_projection::value(event_, o.field);
  if (std::holds_alternative<std::monostate>(value)) {
    if (o.field.constant || !(clears(event_, o.field) || has_signal(event_, o.field.source)))
      return std::nullopt;
    return crm_value{};
  }
  if (const auto* text = std::get_if<std::string_view>(&value))
    return crm_value{std::string(*text)};
  if (const auto* number = std::get_if<double>(&value))
    return crm_value{*number};
  if (const auto* number = std::get_if<std::uint64_t>(&value))
    return crm_value{*number};
  if (const auto* flag = std::get_if<bool>(&value))
    return crm_value{*flag};
  if (const auto* list = std::get_if<model::text_list>(&value))
    return crm_value{joined(*list, style_.list_separator)};
  if (const auto* time = std::get_if<base::timestamp>(&value))
    return o.is_date ? day_value(*time, style_.times) : time_value(*time, style_.times);
  return crm_value{json_of(value)}; // all metrics
}

} // namespace cxstream::connectors
