#include "connectors/rest/plan.hpp"

#include "connectors/http/http_plan.hpp"
#include "connectors/rest/rest_target.hpp"
#include "connectors/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace cxstream::connectors {

namespace {

constexpr std::array<std::string_view, 15> own_settings{
    "url",          "method",    "body",      "content_type", "authorization", "auth_header", "idempotency_header",
    "delivered",    "permanent", "transient", "throttled",    "unreachable",   "concurrency", "success_pointer",
    "success_value"};

bool is_header_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; });
}

rest::status_set statuses(settings& s, std::string_view name) {
  auto out = rest::status_set::of(s.text(name));
  if (!out) {
    s.wrong(name, "is wrong: " + out.err().message);
    return {};
  }
  return *std::move(out);
}

void read_rules(settings& s, rest::answer_rules& out) {
  out.delivered = statuses(s, "delivered");
  out.permanent = statuses(s, "permanent");
  out.transient = statuses(s, "transient");
  out.throttled = statuses(s, "throttled");
  out.unreachable = statuses(s, "unreachable");
  out.success_pointer = s.text("success_pointer");
  out.success_value = s.text("success_value", "true");
  if (!out.success_pointer.empty() && !out.success_pointer.starts_with('/'))
    s.wrong("success_pointer", "is no JSON pointer, such as /result/ok");
}

void read_headers(settings& s, rest::target_settings& out) {
  out.content_type = s.text("content_type", out.content_type);
  if (out.content_type.find_first_of("\r\n") != std::string::npos)
    s.wrong("content_type", "must be one line");
  out.authorization = s.secret("authorization");
  out.auth_header = s.text("auth_header", out.auth_header);
  if (out.auth_header.empty() || !is_header_name(out.auth_header))
    s.wrong("auth_header", "is no name of a header");
  out.idempotency_header = s.text("idempotency_header", out.idempotency_header);
  if (!is_header_name(out.idempotency_header))
    s.wrong("idempotency_header", "is no name of a header");
}

} // namespace

base::result<blueprint> plan_rest(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 4> methods{"PUT", "PATCH", "POST", "DELETE"};
  const auto known = with_http_settings(own_settings);
  settings s(sink, known);
  rest::target_settings out;
  out.http = read_http_settings(s);
  out.method = s.choice("method", methods);
  const auto url = s.required("url");
  const auto body = s.text("body", "{{{event}}}");
  read_headers(s, out);
  read_rules(s, out.rules);
  out.concurrency = s.number("concurrency", out.concurrency, {1, 64});
  if (auto checked = s.check(); !checked)
    return checked.err();
  const auto projection = model::compile_projection(sink.projection);
  if (!projection)
    return invalid(sink, projection.err().message);
  auto templates = rest::request_template::of(url, body, rest::form_of(out.content_type), *projection);
  if (!templates)
    s.wrong("url", "or body is wrong: " + templates.err().message);
  else if (const auto plain = check_url(url.substr(0, url.find("{{"))); !plain)
    s.wrong("url", "is wrong: " + plain.err().message);
  if (auto checked = s.check(); !checked)
    return checked.err();
  const ports::target_traits traits{
      .concurrency = out.concurrency, .one_event_a_ticket = true, .wants_state = true, .request_an_event = true};
  return blueprint{traits, std::make_unique<rest::target>(std::move(out), *std::move(templates))};
}

} // namespace cxstream::connectors
