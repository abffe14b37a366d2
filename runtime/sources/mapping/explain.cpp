#include "sources/mapping/explain.hpp"

#include "base/rfc3339.hpp"
#include "model/revision.hpp"
#include "sources/json/json_document.hpp"

#include <algorithm>

namespace cxstream::sources {

namespace {

const char* place_name(file_format format) {
  return format == file_format::csv                                 ? "column "
         : format == file_format::xml || format == file_format::xes ? "xpath "
                                                                    : "path ";
}

std::string rule_text(const mapping& rules, const value_rule& rule) {
  if (rule.slot)
    return place_name(rules.format) + rules.selectors[*rule.slot].text;
  if (rule.is_received)
    return "received";
  if (rule.constant)
    return "constant " + *rule.constant;
  std::string out = "template ";
  for (const auto& part : rule.parts)
    out += part.slot ? "{" + rules.selectors[*part.slot].text + "}" : part.text;
  return out;
}

std::string found_text(const cell& found) {
  if (found.kind == cell_kind::absent || found.kind == cell_kind::null)
    return {};
  return found.is_single() || found.kind == cell_kind::failed ? std::string(found.text) : to_json(found);
}

enum class wanted { one, list };

class explainer {
public:
  explainer(const mapping& rules, record& from, const v1::CanonicalEvent& event)
      : rules_(rules), from_(from), values_(rules, from), event_(event) {
  }

  field_story field(const std::string& name, const std::vector<value_rule>& rules, wanted what) {
    field_story story;
    story.field = name;
    story.value = value_of(name);
    const auto& cleared = event_.cleared().paths();
    const auto plain = name.ends_with(".label") ? name.substr(0, name.size() - 6) : name;
    story.is_cleared = std::find(cleared.begin(), cleared.end(), plain) != cleared.end();
    for (const auto& rule : rules) {
      story.rules.push_back(tried(rule, what));
      const auto state = story.rules.back().state;
      if (what == wanted::one && (state == presence::value || state == presence::failed))
        break;
    }
    return story;
  }

private:
  rule_story tried(const value_rule& rule, wanted what) {
    rule_story story;
    story.rule = rule_text(rules_, rule);
    if (rule.slot)
      story.found = found_text(from_.at(*rule.slot));
    std::vector<std::string> list;
    const auto value = what == wanted::list ? values_.list(rule, list) : values_.single(rule);
    story.state = value.state;
    if (value.state == presence::failed)
      story.found = value.text;
    else if (story.found.empty())
      story.found = what == wanted::one ? std::string(value.text) : std::string();
    if (rule.lookup) {
      story.lookup = rule.lookup_name.empty() ? "in place" : rule.lookup_name;
      story.is_in_lookup = rule.lookup->find(rule.trim ? model::trimmed(story.found) : story.found) != nullptr;
    }
    return story;
  }

  // The value of the event, as people read it.
  std::string value_of(const std::string& name) const {
    if (name == "raw_tags") {
      std::string out;
      for (const auto& tag : event_.raw_tags())
        out += (out.empty() ? "" : ", ") + tag;
      return out;
    }
    if (name.starts_with("custom_metrics.")) {
      const auto found = event_.custom_metrics().find(name.substr(15));
      return found == event_.custom_metrics().end() ? std::string() : number_text(found->second);
    }
    const google::protobuf::Message* message = &event_;
    const auto dot = name.find('.');
    auto inner = name;
    if (dot != std::string::npos) {
      const auto* outer = event_.GetDescriptor()->FindFieldByName(name.substr(0, dot));
      message = &event_.GetReflection()->GetMessage(event_, outer);
      inner = name.substr(dot + 1);
    }
    return text_of(*message, *message->GetDescriptor()->FindFieldByName(inner));
  }

  static std::string number_text(double number) {
    auto text = std::to_string(number);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
      text.pop_back();
    return text;
  }

  std::string text_of(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field) const {
    const auto* reflection = message.GetReflection();
    if (!reflection->HasField(message, &field))
      return {};
    if (field.name() == "occurred_at")
      return base::format_rfc3339(base::from_us(model::to_us(event_.occurred_at())));
    if (field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING)
      return reflection->GetString(message, &field);
    if (field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_DOUBLE)
      return number_text(reflection->GetDouble(message, &field));
    return std::to_string(reflection->GetUInt64(message, &field));
  }

  const mapping& rules_;
  record& from_;
  rule_evaluator values_;
  const v1::CanonicalEvent& event_;
};

} // namespace

std::vector<field_story> explain_fields(const mapping& rules, record& from, const v1::CanonicalEvent& event) {
  explainer why(rules, from, event);
  std::vector<field_story> out;
  const auto rules_of = [&](const std::string& name) {
    for (const auto& rule : rules.fields)
      if (rule.field.name() == name)
        return rule.alternatives;
    return std::vector<value_rule>();
  };
  for (const auto& name : field_path::names()) {
    auto alternatives = rules_of(name);
    if (name == "idempotency_key" && !rules.key_rules.empty())
      alternatives = rules.key_rules;
    // Parts of signals that nobody maps would only be noise.
    if (alternatives.empty() && (name.ends_with(".score") || name.ends_with(".confidence")))
      continue;
    out.push_back(why.field(name, alternatives, wanted::one));
  }
  out.push_back(why.field("raw_tags", rules.raw_tags, wanted::list));
  for (const auto& rule : rules.custom_metrics)
    out.push_back(why.field("custom_metrics." + rule.name, rule.alternatives, wanted::one));
  return out;
}

} // namespace cxstream::sources
