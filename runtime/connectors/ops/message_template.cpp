#include "connectors/ops/message_template.hpp"

#include "connectors/http/exchange_text.hpp"

#include <algorithm>
#include <array>
#include <kainjow/mustache.hpp>

namespace cxstream::connectors {

namespace {

using kainjow::mustache::data;

constexpr std::array<std::string_view, 8> own_names{"rule", "action", "severity",      "sink",
                                                    "more", "count",  "tickets_count", "feedback_url"};
constexpr std::array<std::string_view, 4> sections{"tickets", "burst", "trigger", "resolve"};

base::error wrong(std::string message) {
  return {base::error_code::invalid_argument, std::move(message)};
}

// The names in a template's tags. Errors: a tag that is not used here.
base::result<std::vector<std::string>> names_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; (at = text.find("{{", at)) != text.npos;) {
    const auto end = text.find("}}", at);
    if (end == text.npos)
      return wrong("\"{{\" has no \"}}\"");
    auto tag = text.substr(at + 2, end - at - 2);
    at = end + 2;
    if (!tag.empty() && std::string_view("{&>=").find(tag.front()) != std::string_view::npos)
      return wrong("\"{{" + std::string(tag.substr(0, 1)) +
                   "\" is not known here; write {{name}}, {{#name}}, {{^name}} or {{/name}}");
    if (!tag.empty() && tag.front() == '!')
      continue; // a comment
    if (!tag.empty() && std::string_view("#^/").find(tag.front()) != std::string_view::npos)
      tag.remove_prefix(1);
    const auto begin = tag.find_first_not_of(' ');
    tag = begin == tag.npos ? std::string_view() : tag.substr(begin, tag.find_last_not_of(' ') + 1 - begin);
    out.emplace_back(tag);
  }
  return out;
}

bool is_known(const std::string& name) {
  return is_fact(name) || std::ranges::find(own_names, name) != own_names.end() ||
         std::ranges::find(sections, name) != sections.end();
}

std::string slack_escaped(const std::string& text) {
  std::string out;
  for (const char c : text)
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string as_it_is(const std::string& text) {
  return text;
}

} // namespace

struct message_template::parsed {
  kainjow::mustache::mustache text;
  std::vector<std::string> names;
};

message_template::message_template(std::unique_ptr<parsed> p) : parsed_(std::move(p)) {
}
message_template::message_template(message_template&&) noexcept = default;
message_template& message_template::operator=(message_template&&) noexcept = default;
message_template::~message_template() = default;

base::result<message_template> message_template::of(const std::string& text, escaping values) {
  auto names = names_in(text);
  if (!names)
    return names.err();
  for (const auto& name : *names)
    if (!is_known(name))
      return wrong("there is no \"" + name + "\" to put into a message");
  auto out = std::make_unique<parsed>(parsed{kainjow::mustache::mustache(text), *std::move(names)});
  if (!out->text.is_valid())
    return wrong(out->text.error_message());
  out->text.set_custom_escape(values == escaping::slack ? slack_escaped : as_it_is);
  return message_template(std::move(out));
}

std::string message_template::render(const message_facts& about, std::size_t bytes_max) {
  // What a ticket does not have is said to be absent, or the name would be looked for in what is around the list.
  const auto put = [&](const facts& from, data& into) {
    for (const auto& name : parsed_->names) {
      if (const auto found = from.find(name); found != from.end())
        into.set(name, data(found->second));
      else if (is_fact(name))
        into.set(name, data(false));
    }
  };
  data all;
  put(about.told, all);
  data tickets{data::type::list};
  for (const auto& each : about.tickets) {
    data one;
    put(each, one);
    tickets.push_back(one);
  }
  all.set("tickets", tickets);
  const auto says = [&](std::string_view name, std::string_view value) {
    const auto found = about.told.find(name);
    return found != about.told.end() && found->second == value;
  };
  all.set("burst", data(about.told.contains("count") && !says("count", "1")));
  all.set("trigger", data(says("action", "trigger")));
  all.set("resolve", data(says("action", "resolve")));
  return plain_lines(parsed_->text.render(all), bytes_max);
}

} // namespace cxstream::connectors
