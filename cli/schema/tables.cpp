#include "schema/schema.hpp"

#include "terminal/number_text.hpp"

#include <algorithm>
#include <array>

namespace cxstream::cli {

namespace {

using terminal::grouped;
using terminal::tone;

constexpr auto right = terminal::table_column::side::right;
constexpr int values_shown = 6;

// "text", "null or number": in the order of the counts of SchemaField.
std::string types_text(const v1::SchemaField& field) {
  static constexpr std::array names{"null", "boolean", "number", "text", "object", "list"};
  std::string out;
  for (int k = 0; k < std::min<int>(field.kinds_size(), names.size()); ++k)
    if (field.kinds(k) > 0)
      out += (out.empty() ? "" : " or ") + std::string(names[static_cast<std::size_t>(k)]);
  return out;
}

std::string values_text(const v1::SchemaField& field) {
  if (field.free_text())
    return "free text";
  std::vector<v1::SchemaValue> values(field.values().begin(), field.values().end());
  std::stable_sort(values.begin(), values.end(),
                   [](const auto& a, const auto& b) { return a.payloads() > b.payloads(); });
  std::string out;
  for (int i = 0; i < std::min<int>(values_shown, static_cast<int>(values.size())); ++i)
    out += (i == 0 ? "" : ", ") + values[static_cast<std::size_t>(i)].text();
  return values.size() > values_shown ? out + ", … (" + std::to_string(values.size()) + ")" : out;
}

std::string share_text(const v1::SchemaField& field, std::uint64_t payloads) {
  const auto possible = payloads >= field.counted_from() ? payloads - field.counted_from() + 1 : 0;
  if (field.gone())
    return "gone";
  return possible == 0 ? "-" : std::to_string(100 * field.present() / possible) + " %";
}

std::string version_text(std::uint64_t version, std::uint64_t learning) {
  return version == 0 ? "learning, " + grouped(learning) + " to go" : std::to_string(version);
}

} // namespace

std::string kind_text(v1::DriftKind kind) {
  switch (kind) {
    case v1::DRIFT_NEW_FIELD:
      return "new field";
    case v1::DRIFT_TYPE_CHANGE:
      return "type change";
    case v1::DRIFT_NEW_VALUE:
      return "new value";
    case v1::DRIFT_MISSING_FIELD:
      return "missing field";
    case v1::DRIFT_VOLUME_DROP:
      return "volume dropped";
    case v1::DRIFT_VOLUME_DOUBLE:
      return "volume doubled";
    case v1::DRIFT_SCHEMA_VIOLATION:
      return "schema violation";
    default:
      return "-";
  }
}

terminal::table summary_table(const v1::ListSchemasResponse& answer) {
  terminal::table table({{"source"},
                         {"mode"},
                         {"version"},
                         {"payloads", right},
                         {"fields", right},
                         {"violations", right},
                         {"held", right},
                         {"last change (UTC)"},
                         {"what"}});
  for (const auto& s : answer.schemas())
    table.add({{s.source(), tone::strong},
               {s.mode()},
               {version_text(s.version(), s.learning())},
               {grouped(s.payloads())},
               {grouped(s.fields())},
               {grouped(s.violations()), s.violations() > 0 ? tone::notice : tone::plain},
               {grouped(s.held()), s.held() > 0 ? tone::bad : tone::plain},
               {s.has_latest() ? client::time_text(s.latest().at()) : "never"},
               {s.has_latest() ? kind_text(s.latest().kind()) + " " + s.latest().path() : ""}});
  return table;
}

terminal::table field_table(const v1::SourceSchema& schema) {
  terminal::table table({{"field"}, {"type"}, {"in", right}, {"values"}});
  for (const auto& field : schema.fields())
    table.add({{field.path().empty() ? "(the payload)" : field.path(), tone::strong},
               {types_text(field)},
               {share_text(field, schema.payloads()), field.gone() ? tone::notice : tone::plain},
               {values_text(field)}});
  return table;
}

terminal::table timeline_table(const v1::GetSchemaTimelineResponse& answer) {
  terminal::table table({{"at (UTC)"}, {"version", right}, {"change"}, {"field"}, {"what"}, {"state"}});
  for (const auto& drift : answer.drifts())
    table.add({{client::time_text(drift.at())},
               {std::to_string(drift.schema_version())},
               {kind_text(drift.kind())},
               {drift.path(), tone::strong},
               {drift.detail()},
               {drift.held()              ? "held"
                : drift.has_accepted_at() ? "accepted " + client::time_text(drift.accepted_at())
                                          : "known",
                drift.held() ? tone::bad : tone::plain}});
  return table;
}

} // namespace cxstream::cli
