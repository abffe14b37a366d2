#include "connectors/hubspot/plan.hpp"

#include "connectors/http/http_plan.hpp"
#include "connectors/hubspot/hubspot_target.hpp"
#include "connectors/settings.hpp"

#include <array>

namespace cxstream::connectors {

namespace {

constexpr std::array<std::string_view, 9> own_settings{
    "search_spacing", "url",         "access_token",    "object",       "id_property",
    "batch_records",  "concurrency", "date_properties", "api_usage_max"};

std::string target_name(const model::projected_field& output) {
  if (is_part_of_the_key(output))
    return {};
  return is_renamed(output) ? hubspot::property_name(output.name) : "cx_" + hubspot::property_name(plain_name(output));
}

} // namespace

base::result<blueprint> plan_hubspot(const config::sink_config& sink) {
  const auto known = with_http_settings(own_settings);
  settings s(sink, known);
  hubspot::target_settings out;
  out.http = read_http_settings(s);
  out.http.answer_bytes_max = 4U << 20U; // every record is repeated
  out.access_token = s.secret("access_token");
  if (!out.access_token.is_set())
    s.wrong("access_token", "is missing; kind hubspot needs the token of a private app");
  out.into.url = s.text("url", out.into.url);
  if (auto url = check_url(out.into.url); !url)
    s.wrong("url", "is wrong: " + url.err().message);
  while (out.into.url.ends_with('/'))
    out.into.url.pop_back();
  out.into.object = s.text("object", out.into.object);
  if (out.into.object.empty() ||
      hubspot::property_name(out.into.object).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") !=
          std::string::npos)
    s.wrong("object", "is no name of an object, such as tickets or 2-3456");
  out.into.id_property = s.text("id_property", out.into.id_property);
  if (out.into.id_property != hubspot::property_name(out.into.id_property))
    s.wrong("id_property", "is no name of a property: lower case, digits and underscores");
  out.batch_records_max = s.number("batch_records", out.batch_records_max, {1, hubspot::batch_records_max});
  out.concurrency = s.number("concurrency", out.concurrency, {1, 16});
  out.api_usage_percent_max = static_cast<unsigned>(s.number("api_usage_max", out.api_usage_percent_max, {1, 100}));
  out.search_spacing =
      s.duration("search_spacing", out.search_spacing, {std::chrono::milliseconds{1}, std::chrono::minutes{1}});
  record_style style;
  style.name_of = target_name;
  style.times = time_form::unix_ms;
  style.dates = s.names("date_properties");
  if (auto checked = s.check(); !checked)
    return checked.err();
  const auto projection = record_projection_of(sink);
  if (!projection)
    return projection.err();
  ports::target_traits traits;
  traits.batch_events_max = out.batch_records_max;
  traits.concurrency = out.concurrency;
  traits.one_event_a_ticket = true;
  traits.wants_state = true;
  const auto shape = record_shape::of(*projection, style);
  return blueprint{traits, std::make_unique<hubspot::target>(std::move(out), record_maker(*projection, style),
                                                             shape ? std::optional(*shape) : std::nullopt)};
}

} // namespace cxstream::connectors
