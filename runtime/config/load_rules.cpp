#include "config/load_rules.hpp"

#include "config/section.hpp"
#include "model/glob.hpp"
#include "model/revision.hpp"
#include "model/ticket_fold.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace cxstream::config {

namespace {

using model::field_test;
using model::test_kind;

constexpr std::array<std::pair<std::string_view, test_kind>, 5> tests_with_words{{{"is", test_kind::is},
                                                                                  {"is_not", test_kind::is_not},
                                                                                  {"at_least", test_kind::at_least},
                                                                                  {"at_most", test_kind::at_most},
                                                                                  {"was", test_kind::was}}};
constexpr std::array<std::pair<std::string_view, test_kind>, 3> tests_of_change{
    {{"changed", test_kind::changed}, {"worsened", test_kind::worsened}, {"improved", test_kind::improved}}};
constexpr std::array<std::string_view, 4> severities{"info", "warning", "error", "critical"};

class rule_reader {
public:
  explicit rule_reader(diagnostics& found) : found_(found) {
  }

  rule_document read(const YAML::Node& node) {
    rule_document out;
    section top(node, "", in());
    const auto rules = top.child("rules");
    const auto examples = top.child("examples");
    top.finish();
    if (!rules.IsSequence() || rules.size() == 0)
      top.wrong("rules", "must be a list: one \"- name: …\" for each rule");
    else
      for (const auto& each : rules)
        read_rule(each, out);
    if (examples.IsSequence())
      for (const auto& each : examples)
        read_example(each, out);
    else if (!examples.IsNull())
      top.wrong("examples", "must be a list");
    return out;
  }

private:
  reading in() const {
    return {found_, nullptr}; // "${" has no meaning in rules
  }

  void read_rule(const YAML::Node& node, rule_document& out) {
    section s(node, "rules[" + std::to_string(out.rules.size()) + "]", in());
    model::rule r;
    s.identifier("name", r.name);
    r.when = read_tests(s.child("when"), s.name("when"));
    r.until = read_tests(s.child("until"), s.name("until"));
    std::string severity = "warning";
    s.choice("severity", severity, severities);
    r.severity = static_cast<model::severity>(std::ranges::find(severities, severity) - severities.begin());
    s.text("key", r.key);
    s.text("message", r.message);
    s.finish();
    if (r.when.empty())
      s.wrong("when", "has no conditions; a rule needs at least one");
    if (!r.until.empty() && std::ranges::none_of(r.when, asks_state))
      s.wrong("until", "means nothing where `when` asks only what happened: nothing says that it was so before");
    if (std::ranges::find(out.rules, r.name, &model::rule::name) != out.rules.end())
      s.wrong("name", "\"" + r.name + "\" is taken by another rule");
    out.rules.push_back(std::move(r));
    out.lines.push_back(line_of(node));
  }

  static bool asks_state(const field_test& t) {
    return t.kind <= test_kind::at_most && t.field != "event_type" && t.field != "source_system";
  }

  std::vector<field_test> read_tests(const YAML::Node& node, const std::string& path) {
    std::vector<field_test> out;
    if (node.IsNull())
      return out;
    section tests(node, path, in());
    for (const auto& [field, line, value, taken] : tests.rest()) {
      const auto before = out.size();
      read_field(field, value, tests.name(field), out);
      for (auto i = before; i < out.size(); ++i)
        if (auto checked = model::check_test(out[i]); !checked)
          found_.add(line, tests.name(field) + " is wrong: " + checked.err().message);
    }
    return out;
  }

  // "high", or [high, very_high], or {at_least: high, worsened: true}.
  void read_field(const std::string& field, const YAML::Node& value, const std::string& path,
                  std::vector<field_test>& out) {
    if (!value.IsMap()) {
      out.push_back({field, test_kind::is, words_of(value, path)});
      return;
    }
    section s(value, path, in());
    for (const auto& [name, kind] : tests_with_words)
      if (s.has(name)) {
        out.push_back({field, kind, words_of(s.child(name), s.name(name))});
        if ((kind == test_kind::at_least || kind == test_kind::at_most) && out.back().words.size() > 1)
          s.wrong(name, "takes one value");
      }
    for (const auto& [name, kind] : tests_of_change)
      if (bool wanted = false; s.has(name)) {
        s.flag(name, wanted);
        if (!wanted)
          s.wrong(name, "can only be true; leave it out otherwise");
        out.push_back({field, kind, {}});
      }
    s.finish();
  }

  std::vector<std::string> words_of(const YAML::Node& node, const std::string& path) {
    std::vector<std::string> out;
    if (node.IsSequence()) {
      for (const auto& each : node)
        if (auto text = scalar_text(each, path, in()))
          out.push_back(*std::move(text));
    } else if (auto text = scalar_text(node, path, in())) {
      out.push_back(*std::move(text));
    }
    if (out.empty())
      found_.add(line_of(node), path + " has no value");
    return out;
  }

  void read_example(const YAML::Node& node, rule_document& out) {
    section s(node, "examples[" + std::to_string(out.examples.size()) + "]", in());
    rule_example example;
    example.line = line_of(node);
    s.text("name", example.name);
    v1::CanonicalEvent before;
    const bool is_known = s.has("before");
    read_event(section(s.child("before"), s.name("before"), in()), before);
    v1::CanonicalEvent event;
    read_event(section(s.child("event"), s.name("event"), in()), event);
    const auto expected = s.child("expect");
    s.finish();
    v1::TicketState state;
    if (is_known) {
      model::fold_fields(state, before, model::revision{1, 0, 0});
      state.set_ticket_sequence(1);
    }
    model::set_us(*event.mutable_occurred_at(), 2);
    event.mutable_pipeline()->set_ticket_sequence(state.ticket_sequence() + 1);
    example.step = model::step_of(std::move(state), std::move(event));
    section expect(expected, s.name("expect"), in());
    for (const auto& [rule, line, value, taken] : expect.rest())
      read_expected(rule, line, value, out, example);
    const auto place = [&](const expected_signal& e) {
      return std::ranges::find(out.rules, e.rule, &model::rule::name) - out.rules.begin();
    };
    std::ranges::sort(example.expected, {}, place);
    out.examples.push_back(std::move(example));
  }

  void read_expected(const std::string& rule, int line, const YAML::Node& value, const rule_document& out,
                     rule_example& example) {
    const auto action = scalar_text(value, "expect." + rule, in()).value_or("");
    if (action != "trigger" && action != "resolve")
      found_.add(line, "expect." + rule + " must be trigger or resolve");
    if (std::ranges::find(out.rules, rule, &model::rule::name) == out.rules.end())
      found_.add(line, "there is no rule \"" + rule + "\"");
    example.expected.push_back({rule, action == "resolve" ? model::rule_action::resolve : model::rule_action::trigger});
  }

  // The fields that rules test, as a ticket or an event has them.
  void read_event(section s, v1::CanonicalEvent& out) {
    const auto text = [&](std::string_view key, auto set) {
      if (std::string value; s.has(key)) {
        s.text(key, value);
        set(value);
      }
    };
    text("event_type", [&](const auto& v) { out.set_event_type(v); });
    text("source_system", [&](const auto& v) { out.set_source_system(v); });
    text("status", [&](const auto& v) { out.set_status(v); });
    text("priority", [&](const auto& v) { out.set_priority(v); });
    text("channel", [&](const auto& v) { out.set_channel(v); });
    text("canonical_tag", [&](const auto& v) { out.set_canonical_tag(v); });
    text("driver", [&](const auto& v) { out.set_driver(v); });
    text("account_id", [&](const auto& v) { out.set_account_id(v); });
    text("agent_id", [&](const auto& v) { out.set_agent_id(v); });
    text("churn_risk", [&](const auto& v) { out.mutable_churn_risk()->set_label(v); });
    text("sentiment", [&](const auto& v) { out.mutable_sentiment()->set_label(v); });
    text("effort", [&](const auto& v) { out.mutable_effort()->set_label(v); });
    const auto number = [&](std::string_view key, auto set) {
      if (double value = 0; s.has(key)) {
        s.real(key, value, {-1e12, 1e12});
        set(value);
      }
    };
    number("churn_risk.score", [&](double v) { out.mutable_churn_risk()->set_score(v); });
    number("sentiment.score", [&](double v) { out.mutable_sentiment()->set_score(v); });
    number("effort.score", [&](double v) { out.mutable_effort()->set_score(v); });
    const auto rest = s.rest(); // lives as long as what is known by its keys
    for (const auto& each : rest)
      if (each.key.starts_with("custom_metrics."))
        number(each.key, [&](double v) { (*out.mutable_custom_metrics())[each.key.substr(15)] = v; });
    s.finish();
  }

  diagnostics& found_;
};

} // namespace

std::vector<expected_signal> signals_of(const std::vector<model::rule>& rules, const model::ticket_step& step) {
  std::vector<expected_signal> out;
  for (const auto& r : rules) {
    if (model::triggers(r, step))
      out.push_back({r.name, model::rule_action::trigger});
    else if (model::resolves(r, step))
      out.push_back({r.name, model::rule_action::resolve});
  }
  return out;
}

base::result<rule_document> load_rules(const std::string& path) {
  auto text = read_text_file(path);
  if (!text)
    return text.err();
  return parse_rules(*text, path);
}

base::result<rule_document> parse_rules(std::string_view text, const std::string& name) {
  diagnostics found(name);
  rule_document out;
  if (const auto top = parse_mapping(text, found))
    out = rule_reader(found).read(*top);
  out.file = name;
  if (!found.empty())
    return found.to_error();
  return out;
}

} // namespace cxstream::config
