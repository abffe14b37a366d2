#include "connectors/opsgenie/plan.hpp"

#include "connectors/ops/ops_plan.hpp"
#include "connectors/opsgenie/opsgenie_channel.hpp"

namespace cxstream::connectors {

using namespace std::chrono_literals;

base::result<blueprint> plan_opsgenie(const config::sink_config& sink, const surroundings& near) {
  static constexpr std::array<std::string_view, 3> own{"url", "api_key", "responders"};
  const auto known = with_ops_settings(own);
  settings s(sink, known);
  opsgenie_settings out;
  if (!s.text("url").empty())
    out.url = read_url(s, "url");
  while (out.url.ends_with('/'))
    out.url.pop_back();
  (void)s.required("api_key");
  out.api_key = s.secret("api_key");
  out.responders = s.text("responders");
  out.http = read_http_settings(s);
  const ops_defaults defaults{"{{rule}} {{ticket_id}}", 0s, 0s, escaping::none, 8'000};
  return plan_ops(sink, s, defaults, near, std::make_unique<opsgenie_channel>(std::move(out)));
}

} // namespace cxstream::connectors
