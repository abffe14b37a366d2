#include "connectors/ops/ops_plan.hpp"

#include "config/load_rules.hpp"

namespace cxstream::connectors {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t events_of_a_call_max = 500;
constexpr std::string_view usual_message =
    "{{#resolve}}Over: {{/resolve}}{{rule}}{{#driver}}, {{driver}}{{/driver}}"
    "{{#burst}}: {{count}} events of {{tickets_count}} tickets{{/burst}}\n"
    "{{#tickets}}{{ticket_id}}{{#account_id}} of {{account_id}}{{/account_id}}"
    "{{#churn_risk}}, churn risk {{churn_risk}}{{/churn_risk}}"
    "{{#sentiment}}, {{#was_sentiment}}{{was_sentiment}} → {{/was_sentiment}}{{sentiment}}{{/sentiment}}"
    "{{#canonical_tag}}, {{canonical_tag}}{{/canonical_tag}}"
    "{{#evidence_url}} {{evidence_url}}{{/evidence_url}}"
    "{{#feedback_url}} (wrong? {{feedback_url}}){{/feedback_url}}\n{{/tickets}}"
    "{{#more}}and {{more}} more\n{{/more}}";

// A template of a setting or a rule; null, and noted, when it is wrong.
std::unique_ptr<message_template> read(settings& s, std::string_view setting, const std::string& where,
                                       const std::string& text, escaping values) {
  auto out = message_template::of(text, values);
  if (!out) {
    s.wrong(setting, "is wrong" + where + ": " + out.err().message);
    return nullptr;
  }
  return std::make_unique<message_template>(*std::move(out));
}

} // namespace

std::vector<std::string_view> with_ops_settings(std::span<const std::string_view> own) {
  auto out = with_http_settings(own);
  out.insert(out.end(), ops_setting_names.begin(), ops_setting_names.end());
  return out;
}

base::result<blueprint> plan_ops(const config::sink_config& sink, settings& s, const ops_defaults& defaults,
                                 const surroundings& near, std::unique_ptr<ops_channel> channel) {
  ops_settings out;
  out.sink = sink.name;
  out.burst.window = s.duration("burst_window", defaults.burst_window, {0ms, 3'600'000ms});
  out.pace = s.duration("message_spacing", defaults.pace, {0ms, 60'000ms});
  out.values = defaults.values;
  out.text_bytes_max = defaults.text_bytes_max;
  const auto message = read(s, "message", "", s.text("message", usual_message), defaults.values);
  const auto trouble = read(s, "group_by", "", s.text("group_by", defaults.group_by), escaping::none);
  std::vector<std::unique_ptr<message_template>> messages;
  std::vector<std::unique_ptr<message_template>> troubles;
  if (const auto file = s.text("rules_file"); !file.empty()) {
    auto document = config::load_rules(file);
    if (!document)
      s.wrong("rules_file", "is wrong: " + document.err().message);
    else
      out.rules = std::move(document->rules);
  }
  for (const auto& r : out.rules) {
    const auto where = " in rule \"" + r.name + "\"";
    messages.push_back(r.message.empty() ? nullptr : read(s, "rules_file", where, r.message, defaults.values));
    troubles.push_back(r.key.empty() ? nullptr : read(s, "rules_file", where, r.key, escaping::none));
  }
  if (auto checked = s.check(); !checked)
    return checked.err();
  ops_templates templates{std::move(*message), std::move(*trouble), std::move(messages), std::move(troubles)};
  ports::target_traits traits;
  traits.batch_events_max = events_of_a_call_max;
  return blueprint{traits,
                   std::make_unique<ops_target>(std::move(out), std::move(templates), near, std::move(channel))};
}

} // namespace cxstream::connectors
