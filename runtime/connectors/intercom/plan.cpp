#include "connectors/intercom/plan.hpp"

#include "connectors/http/http_plan.hpp"
#include "connectors/intercom/intercom_target.hpp"
#include "connectors/settings.hpp"

#include <array>

namespace cxstream::connectors {

namespace {

constexpr std::array<std::string_view, 8> own_settings{"url",  "access_token", "object",   "api_version",
                                                       "tags", "tag_prefix",   "admin_id", "concurrency"};

std::string target_name(const model::projected_field& output) {
  if (is_part_of_the_key(output))
    return {};
  return is_renamed(output) ? output.name : "cx_" + plain_name(output);
}

} // namespace

base::result<blueprint> plan_intercom(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 2> objects{"conversation", "ticket"};
  const auto known = with_http_settings(own_settings);
  settings s(sink, known);
  const auto tags = s.names("tags");
  for (const auto& tag : tags)
    if (tag != "sentiment" && tag != "churn_risk" && tag != "effort")
      s.wrong("tags", "cannot have \"" + tag + "\"; it can have: sentiment, churn_risk, effort");
  intercom::target_settings out;
  out.tags = signal_tags(tags, s.text("tag_prefix", "cx_"));
  out.http = read_http_settings(s);
  out.http.answer_bytes_max = 4U << 20U; // the whole conversation
  out.access_token = s.secret("access_token");
  if (!out.access_token.is_set())
    s.wrong("access_token", "is missing; kind intercom needs it");
  out.into.url = s.text("url", out.into.url);
  if (auto url = check_url(out.into.url); !url)
    s.wrong("url", "is wrong: " + url.err().message);
  while (out.into.url.ends_with('/'))
    out.into.url.pop_back();
  if (s.choice("object", objects) == "ticket")
    out.into.object = intercom::object_kind::ticket;
  out.into.api_version = s.text("api_version", out.into.api_version);
  out.admin_id = s.text("admin_id");
  if (!tags.empty() && !intercom::is_id(out.admin_id))
    s.wrong("admin_id", "must be the id of an admin, on whose behalf tags are set");
  out.concurrency = s.number("concurrency", out.concurrency, {1, 16});
  record_style style;
  style.name_of = target_name;
  style.times = time_form::unix_ms;
  if (auto checked = s.check(); !checked)
    return checked.err();
  const auto projection = record_projection_of(sink);
  if (!projection)
    return projection.err();
  const ports::target_traits traits{
      .concurrency = out.concurrency, .one_event_a_ticket = true, .wants_state = true, .request_an_event = true};
  return blueprint{traits, std::make_unique<intercom::target>(std::move(out), record_maker(*projection, style))};
}

} // namespace cxstream::connectors
