#include "protocols/evidence_sampler.hpp"

#include "base/hash.hpp"

namespace cxstream::protocols {

namespace {

rate_policy per_minute(double count) {
  return {count / 60, count, 0, 0};
}

} // namespace

evidence_sampler::evidence_sampler(const sampling_policy& policy, base::timestamp now)
    : policy_(policy), all_(per_minute(policy.checks_per_minute), now) {
}

sampling evidence_sampler::consider(std::string_view ticket_id, std::uint64_t sequence, std::string_view url,
                                    const std::string& host, base::timestamp now) {
  const auto draw = base::xxh3_64(std::string(ticket_id) + "/" + std::to_string(sequence));
  if (static_cast<double>(draw) / 18'446'744'073'709'551'616.0 >= policy_.share)
    return sampling::not_in_sample;
  const auto link = base::xxh3_64(url);
  const auto found = links_.find(link);
  if (found != links_.end() && now - found->second < policy_.again_after && now >= found->second)
    return sampling::known;
  auto& of_host = limit_of(host, now);
  if (all_.wait(now) > base::duration::zero() || of_host.wait(now) > base::duration::zero())
    return sampling::too_many;
  all_.spend(now, 1, 0);
  of_host.spend(now, 1, 0);
  if (links_.size() >= policy_.links_max)
    links_.clear();
  links_[link] = now;
  return sampling::look;
}

void evidence_sampler::forget(std::string_view url) {
  links_.erase(base::xxh3_64(url));
}

rate_limit& evidence_sampler::limit_of(const std::string& host, base::timestamp now) {
  if (const auto found = hosts_.find(host); found != hosts_.end())
    return found->second;
  if (hosts_.size() >= policy_.hosts_max)
    hosts_.clear();
  return hosts_.emplace(host, rate_limit(per_minute(policy_.host_checks_per_minute), now)).first->second;
}

} // namespace cxstream::protocols
