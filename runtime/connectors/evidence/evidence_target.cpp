#include "connectors/evidence/evidence_target.hpp"

#include "model/evidence.hpp"

namespace cxstream::connectors {

namespace {

using ports::delivery_result;
using protocols::sampling;

constexpr int looks_in_a_call_max = 4; // each may take as long as the timeout

} // namespace

std::vector<ports::delivery_outcome> evidence_target::deliver(std::span<const ports::delivery> events,
                                                              base::timestamp now) {
  outcomes out(events);
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  if (!sampler_)
    sampler_.emplace(settings_.sampling, now);
  int looks_left = looks_in_a_call_max;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (out.skips(i))
      continue;
    auto outcome = look(events[i], now, looks_left);
    if (outcome.result == delivery_result::unreachable) {
      out.set_from(i, outcome);
      break;
    }
    out.set(i, std::move(outcome));
  }
  return std::move(out).take();
}

ports::delivery_outcome evidence_target::look(const ports::delivery& d, base::timestamp now, int& looks_left) {
  v1::CanonicalEvent event;
  if (!event.ParseFromString(d.event))
    return failed(delivery_result::unfit, not_an_event);
  const auto& url = event.evidence_url();
  if (url.empty())
    return {};
  const auto sampled = sampler_->consider(d.ticket_id, d.sequence.value, url, host_of(url), now);
  if (sampled == sampling::not_in_sample || sampled == sampling::known)
    return {};
  if (sampled == sampling::too_many || looks_left == 0) {
    if (sampled == sampling::look)
      sampler_->forget(url);
    if (near_.evidence)
      near_.evidence->passed_over();
    return {};
  }
  --looks_left;
  const auto finding = look_at(*http_, url);
  if (near_.evidence)
    near_.evidence->looked(finding.found);
  if (finding.found != ports::evidence_found::broken || !near_.events)
    return {};
  auto published = near_.events->publish(model::broken_evidence(event, finding.http_status));
  if (published)
    return {};
  sampler_->forget(url);
  if (published.err().code == base::error_code::invalid_argument)
    return failed(delivery_result::unfit, "the node refuses the finding: " + published.err().message);
  return failed(delivery_result::unreachable, "the finding cannot be written: " + published.err().message);
}

} // namespace cxstream::connectors
