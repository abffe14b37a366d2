#include "sources/mapping/map_row.hpp"

#include "google/protobuf/util/json_util.h"
#include "model/revision.hpp"

namespace cxstream::sources {

namespace {

// Evaluates the rules of one mapping against one row.
class row_values {
public:
  row_values(const mapping& rules, const row& from) : rules_(rules), from_(from) {
  }

  // The value, or nothing when it is absent. The view is valid until the next call.
  std::optional<std::string_view> evaluate(const value_rule& rule) {
    auto value = raw_value(rule);
    if (!value || !rule.lookup)
      return value;
    const auto found = rule.lookup->find(*value);
    return found == rule.lookup->end() ? value : present(found->second);
  }

private:
  std::optional<std::string_view> present(std::string_view text) const {
    if (text.empty() || rules_.empty.contains(text))
      return std::nullopt;
    return text;
  }

  std::optional<std::string_view> cell(column_slot slot) const {
    const auto& text = from_.cells[slot];
    return text ? present(*text) : std::nullopt;
  }

  std::optional<std::string_view> raw_value(const value_rule& rule) {
    if (rule.column)
      return cell(*rule.column);
    if (rule.constant)
      return *rule.constant;
    built_.clear();
    for (const auto& part : rule.parts) {
      if (!part.column) {
        built_ += part.text;
        continue;
      }
      const auto text = cell(*part.column);
      if (!text)
        return std::nullopt;
      built_ += *text;
    }
    return built_;
  }

  const mapping& rules_;
  const row& from_;
  std::string built_;
};

std::optional<row_reject> map_field(const field_rule& rule, row_values& values, v1::CanonicalEvent& event) {
  for (const auto& alternative : rule.alternatives) {
    const auto value = values.evaluate(alternative);
    if (!value)
      continue;
    if (alternative.time) {
      const auto at = alternative.time->parse(*value);
      if (!at)
        return row_reject{v1::INVALID_TIME, rule.field.name(), at.err().message};
      model::set_us(*event.mutable_occurred_at(), base::to_us(*at));
    } else if (const auto set = rule.field.set(event, *value); !set) {
      return row_reject{v1::OUT_OF_RANGE, rule.field.name(), set.err().message};
    }
    return std::nullopt;
  }
  return std::nullopt;
}

void add_tags(const tag_rule& rule, std::string_view text, v1::CanonicalEvent& event) {
  while (true) {
    auto end = text.find(array_separator);
    std::size_t width = 1;
    if (!rule.split.empty()) {
      const auto split = text.find(rule.split);
      if (split < end) {
        end = split;
        width = rule.split.size();
      }
    }
    auto tag = text.substr(0, end);
    tag.remove_prefix(std::min(tag.find_first_not_of(' '), tag.size()));
    if (!tag.empty())
      event.add_raw_tags(rule.prefix + std::string(tag.substr(0, tag.find_last_not_of(' ') + 1)));
    if (end == std::string_view::npos)
      return;
    text.remove_prefix(end + width);
  }
}

std::optional<row_reject> map_canonical(const row& from, v1::CanonicalEvent& event) {
  const auto status = google::protobuf::util::JsonStringToMessage(from.raw, &event);
  if (status.ok())
    return std::nullopt;
  const auto why = status.message().ToString();
  return row_reject{v1::MALFORMED, "", "not a canonical event as JSON: " + why.substr(0, why.find('\n'))};
}

} // namespace

std::optional<row_reject> map_row(const mapping& rules, const row& from, v1::CanonicalEvent& event) {
  event.Clear();
  if (rules.format == file_format::canonical)
    return map_canonical(from, event);
  row_values values(rules, from);
  for (const auto& rule : rules.fields) {
    if (auto refused = map_field(rule, values, event))
      return refused;
  }
  for (const auto& rule : rules.raw_tags) {
    if (const auto value = values.evaluate(rule.value))
      add_tags(rule, *value, event);
  }
  for (const auto& rule : rules.custom_metrics) {
    const auto value = values.evaluate(rule.value);
    if (!value)
      continue;
    const auto number = parse_number(*value);
    if (!number)
      return row_reject{v1::OUT_OF_RANGE, "custom_metrics." + rule.name, number.err().message};
    (*event.mutable_custom_metrics())[rule.name] = *number;
  }
  return std::nullopt;
}

} // namespace cxstream::sources
