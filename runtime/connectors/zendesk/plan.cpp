#include "connectors/zendesk/plan.hpp"

#include "connectors/http/http_plan.hpp"
#include "connectors/settings.hpp"
#include "connectors/zendesk/zendesk_target.hpp"

#include <algorithm>
#include <array>

namespace cxstream::connectors {

namespace {

constexpr std::array<std::string_view, 8> own_settings{"url",  "email",      "api_token",   "access_token",
                                                       "tags", "tag_prefix", "concurrency", "date_fields"};

// What the projection gives no name of its own has no field.
std::string target_name(const model::projected_field& output) {
  return is_renamed(output) ? output.name : std::string();
}

void read_token(settings& s, zendesk::target_settings& out) {
  out.email = s.text("email");
  out.token = s.secret(out.email.empty() ? "access_token" : "api_token");
  if (!out.token.is_set())
    s.wrong(out.email.empty() ? "access_token" : "api_token",
            "is missing; give email and api_token, or an OAuth access_token");
}

} // namespace

base::result<blueprint> plan_zendesk(const config::sink_config& sink) {
  const auto known = with_http_settings(own_settings);
  settings s(sink, known);
  const auto tags = s.names("tags");
  for (const auto& tag : tags)
    if (tag != "sentiment" && tag != "churn_risk" && tag != "effort")
      s.wrong("tags", "cannot have \"" + tag + "\"; it can have: sentiment, churn_risk, effort");
  zendesk::target_settings out;
  out.tags = signal_tags(tags, s.text("tag_prefix", "cx_"));
  out.http = read_http_settings(s);
  out.http.answer_bytes_max = 1U << 20U; // the whole ticket
  out.url = read_url(s, "url");
  while (out.url.ends_with('/'))
    out.url.pop_back();
  read_token(s, out);
  out.concurrency = s.number("concurrency", out.concurrency, {1, 16});
  record_style style;
  style.name_of = target_name;
  style.dates = s.names("date_fields");
  if (auto checked = s.check(); !checked)
    return checked.err();
  const auto projection = record_projection_of(sink);
  if (!projection)
    return projection.err();
  const auto named = [](const model::projected_field& field) { return !target_name(field).empty(); };
  if (std::ranges::none_of(projection->fields(), named) && tags.empty())
    return invalid(sink, "writes nothing: name the custom fields by their ids in the projection, as "
                         "{source: churn_risk.label, name: \"360012345\"}, or say tags");
  for (const auto& field : projection->fields())
    if (const auto name = target_name(field); !name.empty() && !zendesk::is_id(name) && !zendesk::is_ticket_field(name))
      return invalid(sink, "\"" + name + "\" is neither the id of a custom field nor a field of a ticket");
  const ports::target_traits traits{
      .concurrency = out.concurrency, .one_event_a_ticket = true, .wants_state = true, .request_an_event = true};
  return blueprint{traits, std::make_unique<zendesk::target>(std::move(out), record_maker(*projection, style))};
}

} // namespace cxstream::connectors
