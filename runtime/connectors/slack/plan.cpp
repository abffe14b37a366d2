#include "connectors/slack/plan.hpp"

#include "connectors/ops/ops_plan.hpp"
#include "connectors/slack/slack_channel.hpp"

namespace cxstream::connectors {

using namespace std::chrono_literals;

base::result<blueprint> plan_slack(const config::sink_config& sink, const surroundings& near) {
  static constexpr std::array<std::string_view, 1> own{"url"};
  const auto known = with_ops_settings(own);
  settings s(sink, known);
  slack_settings out;
  (void)s.required("url");
  out.url = s.secret("url");
  out.http = read_http_settings(s);
  const ops_defaults defaults{"{{rule}} {{driver}}", 30s, 1s, escaping::slack, 3'000};
  return plan_ops(sink, s, defaults, near, std::make_unique<slack_channel>(std::move(out)));
}

} // namespace cxstream::connectors
