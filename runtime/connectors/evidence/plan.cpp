#include "connectors/evidence/plan.hpp"

#include "connectors/evidence/evidence_target.hpp"
#include "connectors/http/http_plan.hpp"

namespace cxstream::connectors {

using namespace std::chrono_literals;

base::result<blueprint> plan_evidence(const config::sink_config& sink, const surroundings& near) {
  static constexpr std::array<std::string_view, 3> own{"sample_per_mille", "checks_per_minute",
                                                       "host_checks_per_minute"};
  const auto known = with_http_settings(own);
  settings s(sink, known);
  evidence_settings out;
  out.http = read_http_settings(s);
  out.http.answer_bytes_max = 4u << 10u;
  if (s.text("timeout").empty())
    out.http.timeout = 5s;
  out.sampling.share = static_cast<double>(s.number("sample_per_mille", 10, {0, 1'000})) / 1'000;
  out.sampling.checks_per_minute = static_cast<double>(s.number("checks_per_minute", 60, {1, 6'000}));
  out.sampling.host_checks_per_minute = static_cast<double>(s.number("host_checks_per_minute", 10, {1, 6'000}));
  if (auto checked = s.check(); !checked)
    return checked.err();
  ports::target_traits traits;
  traits.batch_events_max = 256;
  return blueprint{traits, std::make_unique<evidence_target>(std::move(out), near)};
}

} // namespace cxstream::connectors
