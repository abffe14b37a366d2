#include "connectors/pagerduty/plan.hpp"

#include "connectors/ops/ops_plan.hpp"
#include "connectors/pagerduty/pagerduty_channel.hpp"

namespace cxstream::connectors {

using namespace std::chrono_literals;

base::result<blueprint> plan_pagerduty(const config::sink_config& sink, const surroundings& near) {
  static constexpr std::array<std::string_view, 3> own{"url", "routing_key", "client"};
  const auto known = with_ops_settings(own);
  settings s(sink, known);
  pagerduty_settings out;
  if (!s.text("url").empty())
    out.url = read_url(s, "url");
  (void)s.required("routing_key");
  out.routing_key = s.secret("routing_key");
  if (out.routing_key.is_text() && out.routing_key.value() && out.routing_key.value()->size() != 32)
    s.wrong("routing_key", "must have 32 characters: the integration key of a service");
  out.client = s.text("client", out.client);
  out.http = read_http_settings(s);
  const ops_defaults defaults{"{{rule}} {{ticket_id}}", 0s, 0s, escaping::none, 8'000};
  return plan_ops(sink, s, defaults, near, std::make_unique<pagerduty_channel>(std::move(out)));
}

} // namespace cxstream::connectors
