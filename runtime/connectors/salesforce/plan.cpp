#include "connectors/salesforce/plan.hpp"

#include "connectors/http/http_plan.hpp"
#include "connectors/salesforce/salesforce_target.hpp"
#include "connectors/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace cxstream::connectors {

using namespace std::chrono_literals;

namespace {

using salesforce::login_flow;

constexpr std::array<std::string_view, 18> own_settings{
    "url",         "auth",          "client_id",         "client_secret", "private_key",   "username",
    "audience",    "object",        "external_id",       "api_version",   "batch_records", "concurrency",
    "date_fields", "api_usage_max", "bulk_from_records", "bulk_records",  "bulk_poll",     "bulk_timeout"};

// A name of an object or a field: letters, digits and "_"; a field of a parent has one dot.
bool is_api_name(std::string_view name, std::size_t dots_max) {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.'; };
  return !name.empty() && is_letter(name.front()) && name.back() != '.' && std::ranges::all_of(name, fits) &&
         static_cast<std::size_t>(std::ranges::count(name, '.')) <= dots_max;
}

std::string target_name(const model::projected_field& output) {
  if (is_part_of_the_key(output))
    return {};
  return is_renamed(output) ? output.name : "cx_" + plain_name(output) + "__c";
}

void read_login(settings& s, salesforce::target_settings& out) {
  static constexpr std::array<std::string_view, 2> flows{"client_credentials", "jwt_bearer"};
  out.login.url = read_url(s, "url");
  while (out.login.url.ends_with('/'))
    out.login.url.pop_back();
  out.login.client_id = s.required("client_id");
  if (s.choice("auth", flows) == "client_credentials") {
    out.secret = s.secret("client_secret");
    if (!out.secret.is_set())
      s.wrong("client_secret", "is missing; auth client_credentials needs it");
    return;
  }
  out.login.flow = login_flow::jwt_bearer;
  out.login.username = s.required("username");
  out.login.audience = s.text("audience", "https://login.salesforce.com");
  out.secret = s.secret("private_key");
  if (!out.secret.is_set())
    s.wrong("private_key", "is missing; auth jwt_bearer needs it");
}

void read_shape(settings& s, salesforce::shape& out) {
  out.object = s.text("object", out.object);
  if (!is_api_name(out.object, 0))
    s.wrong("object", "is no name of an object, such as Case or Ticket__c");
  out.external_id = s.text("external_id", out.external_id);
  if (!is_api_name(out.external_id, 0))
    s.wrong("external_id", "is no name of a field, such as cx_ticket_id__c, or Id");
  out.api_version = s.text("api_version", out.api_version);
  if (!out.api_version.starts_with('v') || out.api_version.find_first_not_of("v0123456789.") != std::string::npos)
    s.wrong("api_version", "must look like v65.0");
}

void read_bulk(settings& s, salesforce::target_settings& out) {
  out.bulk_from_records = s.number("bulk_from_records", out.bulk_from_records, {0, 100'000});
  out.bulk_records_max = s.number("bulk_records", out.bulk_records_max, {1, 100'000});
  out.bulk_poll = s.duration("bulk_poll", out.bulk_poll, {10ms, 60s});
  out.bulk_timeout = s.duration("bulk_timeout", out.bulk_timeout, {1s, 2h});
  if (out.bulk_from_records == 0)
    return;
  out.concurrency = 1; // two jobs, or a job and a request, would write in any order
  out.http.answer_bytes_max = std::max<std::size_t>(out.http.answer_bytes_max, 64U << 20U);
  if (out.into.by_record_id())
    s.wrong("bulk_from_records", "needs an external id of your own, not Id");
}

} // namespace

base::result<blueprint> plan_salesforce(const config::sink_config& sink) {
  const auto known = with_http_settings(own_settings);
  settings s(sink, known);
  salesforce::target_settings out;
  out.http = read_http_settings(s);
  out.http.answer_bytes_max = 16U << 20U; // a page of 2,000 records
  read_login(s, out);
  read_shape(s, out.into);
  out.batch_records_max = s.number("batch_records", out.batch_records_max, {1, salesforce::collection_records_max});
  out.concurrency = s.number("concurrency", out.concurrency, {1, 25});
  out.api_usage_percent_max = static_cast<unsigned>(s.number("api_usage_max", out.api_usage_percent_max, {1, 100}));
  read_bulk(s, out);
  record_style style;
  style.name_of = target_name;
  style.dates = s.names("date_fields");
  if (auto checked = s.check(); !checked)
    return checked.err();
  const auto projection = record_projection_of(sink);
  if (!projection)
    return projection.err();
  for (const auto& field : projection->fields())
    if (const auto name = target_name(field); !name.empty() && !is_api_name(name, 1))
      return invalid(sink,
                     "\"" + name + "\" is no name of a Salesforce field; give the field a name in the projection");
  ports::target_traits traits;
  traits.batch_events_max = std::max(out.batch_records_max, out.bulk_from_records > 0 ? out.bulk_records_max : 1);
  traits.concurrency = out.concurrency;
  traits.one_event_a_ticket = true;
  traits.wants_state = true;
  traits.affinity = ports::affinity::account; // rows of one account lock each other
  const auto shape = record_shape::of(*projection, style);
  return blueprint{traits, std::make_unique<salesforce::target>(std::move(out), record_maker(*projection, style),
                                                                shape ? std::optional(*shape) : std::nullopt)};
}

} // namespace cxstream::connectors
