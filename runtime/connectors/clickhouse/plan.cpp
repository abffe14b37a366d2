#include "connectors/clickhouse/plan.hpp"

#include "connectors/clickhouse/clickhouse_target.hpp"
#include "connectors/http/http_plan.hpp"

#include <algorithm>
#include <array>

namespace cxstream::connectors {

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && (text.front() < '0' || text.front() > '9') &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

} // namespace

base::result<blueprint> plan_clickhouse(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 6> own{"url",      "database",     "user",
                                                       "password", "batch_events", "concurrency"};
  const auto known = with_http_settings(own);
  settings s(sink, known);
  clickhouse_settings out;
  out.url = read_url(s, "url");
  if (out.url.find('?') != std::string::npos)
    s.wrong("url", "must end before the \"?\"");
  else if (!out.url.ends_with('/'))
    out.url += '/';
  out.http = read_http_settings(s);
  out.database = s.text("database", out.database);
  if (!is_name(out.database))
    s.wrong("database", "is \"" + out.database + "\"; it must be letters, digits and _");
  out.user = s.text("user", out.user);
  out.password = s.secret("password");
  out.batch_events_max = s.number("batch_events", out.batch_events_max, {1, 1'000'000});
  out.concurrency = s.number("concurrency", out.concurrency, {1, 16});
  if (auto checked = s.check(); !checked)
    return checked.err();
  if (sink.projection.kind() != v1::PROJECTION_KIND_UNSPECIFIED && sink.projection.kind() != v1::BI)
    return invalid(sink, "kind clickhouse keeps every field; leave the projection out, or say bi");
  const ports::target_traits traits{
      .batch_events_max = out.batch_events_max, .concurrency = out.concurrency, .guards_regress = true};
  return blueprint{traits, std::make_unique<clickhouse_target>(std::move(out))};
}

} // namespace cxstream::connectors
