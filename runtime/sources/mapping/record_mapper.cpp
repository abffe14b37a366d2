#include "sources/mapping/record_mapper.hpp"

#include "google/protobuf/util/json_util.h"
#include "model/revision.hpp"
#include "sources/digest.hpp"
#include "sources/mapping/rule_value.hpp"

namespace cxstream::sources {

namespace {

row_reject bad_mapping(const std::string& field, std::string_view why) {
  return {v1::BAD_MAPPING, field, field + ": " + std::string(why)};
}

// Evaluates the rules of one mapping against one record.
class event_filler {
public:
  event_filler(const mapping& rules, record& from, base::timestamp received, mapped_record& out)
      : rules_(rules), values_(rules, from), received_(received), out_(out), event_(out.event) {
  }

  std::optional<row_reject> fill() {
    for (const auto& rule : rules_.fields)
      if (auto refused = set_field(rule))
        return refused;
    if (!rules_.raw_tags.empty())
      if (auto refused = set_tags())
        return refused;
    for (const auto& rule : rules_.custom_metrics)
      if (auto refused = set_metric(rule))
        return refused;
    return std::nullopt;
  }

private:
  // The first alternative that has a value; null when there is none. `outcome` says what the last one was, and is null
  // when the field is to be cleared.
  const value_rule* choose(const std::vector<value_rule>& alternatives, rule_value& outcome) {
    auto is_cleared = false;
    for (const auto& alternative : alternatives) {
      outcome = values_.single(alternative);
      if (outcome.state == presence::value || outcome.state == presence::failed)
        return &alternative;
      is_cleared = is_cleared || (outcome.state == presence::null && alternative.null == null_means::clears);
    }
    outcome = {is_cleared ? presence::null : presence::absent, {}, false};
    return nullptr;
  }

  void clear(const std::string& path) {
    event_.mutable_cleared()->add_paths(path);
  }

  std::optional<row_reject> set_field(const field_rule& rule) {
    rule_value value;
    const auto* chosen = choose(rule.alternatives, value);
    if (value.state == presence::failed)
      return bad_mapping(rule.field.name(), value.text);
    if (value.state == presence::null)
      clear(rule.field.cleared_name());
    if (chosen == nullptr)
      return std::nullopt;
    if (chosen->is_received) {
      out_.time_of = event_time::of_receipt;
      model::set_us(*event_.mutable_occurred_at(), base::to_us(received_));
      return std::nullopt;
    }
    if (!chosen->times.empty())
      return set_time(*chosen, rule.field.name(), value.text);
    if (const auto set = rule.field.set(event_, value.text); !set)
      return row_reject{v1::OUT_OF_RANGE, rule.field.name(), set.err().message};
    return std::nullopt;
  }

  std::optional<row_reject> set_time(const value_rule& rule, const std::string& field, std::string_view text) {
    std::string why;
    for (const auto& form : rule.times) {
      const auto at = form.parse(text);
      if (at) {
        model::set_us(*event_.mutable_occurred_at(), base::to_us(*at));
        return std::nullopt;
      }
      why += (why.empty() ? "" : "; ") + at.err().message;
    }
    return row_reject{v1::INVALID_TIME, field, why};
  }

  std::optional<row_reject> set_tags() {
    std::vector<std::string> tags;
    auto is_cleared = false;
    for (const auto& rule : rules_.raw_tags) {
      const auto value = values_.list(rule, tags);
      if (value.state == presence::failed)
        return bad_mapping("raw_tags", value.text);
      is_cleared = is_cleared || (value.state == presence::null && rule.null == null_means::clears);
    }
    for (auto& tag : tags)
      event_.add_raw_tags(std::move(tag));
    if (is_cleared && event_.raw_tags().empty())
      clear("raw_tags");
    return std::nullopt;
  }

  std::optional<row_reject> set_metric(const metric_rule& rule) {
    rule_value value;
    const auto name = "custom_metrics." + rule.name;
    const auto* chosen = choose(rule.alternatives, value);
    if (value.state == presence::failed)
      return bad_mapping(name, value.text);
    if (value.state == presence::null)
      clear(name);
    if (chosen == nullptr)
      return std::nullopt;
    const auto number =
        value.is_boolean ? base::result<double>(value.text == "true" ? 1.0 : 0.0) : parse_number(value.text);
    if (!number)
      return row_reject{v1::OUT_OF_RANGE, name, number.err().message};
    (*event_.mutable_custom_metrics())[rule.name] = *number;
    return std::nullopt;
  }

  const mapping& rules_;
  rule_evaluator values_;
  base::timestamp received_;
  mapped_record& out_;
  v1::CanonicalEvent& event_;
};

// A score may be there though the label is null: then the signal is not emptied.
void keep_parts_of_signals(v1::CanonicalEvent& event) {
  if (!event.has_cleared())
    return;
  auto& paths = *event.mutable_cleared()->mutable_paths();
  for (int i = paths.size(); i-- > 0;) {
    const auto* field = v1::CanonicalEvent::descriptor()->FindFieldByName(paths[i]);
    if (field != nullptr && !field->is_repeated() && event.GetReflection()->HasField(event, field))
      paths.DeleteSubrange(i, 1);
  }
  if (paths.empty())
    event.clear_cleared();
}

} // namespace

bool drop_record(const mapping& rules, record& from, mapped_record& out) {
  if (rules.drops.empty())
    return false;
  rule_evaluator values(rules, from);
  for (const auto& rule : rules.drops) {
    const auto value = values.holds(rule);
    if (value.state == presence::failed)
      out.refused = bad_mapping("drop (" + rule.reason + ")", value.text);
    else if (value.state == presence::value)
      out.dropped = rule.reason;
    if (value.state != presence::absent)
      return true;
  }
  return false;
}

void map_record(const mapping& rules, record& from, base::timestamp received, mapped_record& out) {
  out.clear();
  if (drop_record(rules, from, out))
    return;
  out.refused = event_filler(rules, from, received, out).fill();
  keep_parts_of_signals(out.event);
  out.event.set_mapping_version(rules.label());
}

void read_canonical(const std::string& json, mapped_record& out) {
  out.clear();
  const auto status = google::protobuf::util::JsonStringToMessage(json, &out.event);
  if (status.ok())
    return;
  const auto why = status.message().ToString();
  out.refused = row_reject{v1::MALFORMED, "", "not a canonical event as JSON: " + why.substr(0, why.find('\n'))};
}

void record_mapper::map(record& from, mapped_record& out) {
  map_record(*rules_, from, received_, out);
  if (out.refused || out.dropped)
    return;
  row_ordinals ordinals;
  if (rules_->identical == identical_rows::distinct)
    ordinals.identical = identical_.next(from.digest().low);
  if (rules_->order == row_order::version)
    ordinals.in_ticket = in_ticket_.next(digest_of(out.event.ticket_id()).low);
  auto key = event_key(*rules_, out.event, from, ordinals, out.time_of);
  if (!key) {
    out.refused = bad_mapping("idempotency_key", key.err().message);
    return;
  }
  out.event.set_idempotency_key(*std::move(key));
  if (rules_->order == row_order::version)
    out.event.set_version(ordinals.in_ticket);
}

} // namespace cxstream::sources
