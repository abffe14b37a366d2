// Which evidence links are looked at: a share of them, none twice within a while, and never so many that a helpdesk
// would mind. Pure: time is an argument. Owned by one target.
//
// Invariants:
//  1. No more than checks_per_minute in all, and host_checks_per_minute of one host, are let through (with a burst of a
//     minute's).
//  2. Whether an event is in the sample depends on its ticket and sequence alone, so that it stays so for a repeat.
//  3. Memory: at most hosts_max hosts and links_max links; beyond that all of them are forgotten, and a link may be
//     looked at once more than needed.
#pragma once

#include "base/time.hpp"
#include "protocols/rate_limit.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cxstream::protocols {

struct sampling_policy {
  double share = 0.01; // of events with a link, 0 to 1
  double checks_per_minute = 60;
  double host_checks_per_minute = 10;
  std::chrono::hours again_after{24}; // the same link
  std::size_t hosts_max = 1'000;
  std::size_t links_max = 50'000;
};

enum class sampling : std::uint8_t { look, not_in_sample, known, too_many };

class evidence_sampler {
public:
  evidence_sampler(const sampling_policy& policy, base::timestamp now);

  // `look` spends of the rates and remembers the link.
  sampling consider(std::string_view ticket_id, std::uint64_t sequence, std::string_view url, const std::string& host,
                    base::timestamp now);
  // What was found about the link got lost: it may be looked at again.
  void forget(std::string_view url);

private:
  rate_limit& limit_of(const std::string& host, base::timestamp now);

  const sampling_policy policy_;
  rate_limit all_;
  std::unordered_map<std::string, rate_limit> hosts_;
  std::unordered_map<std::uint64_t, base::timestamp> links_; // by hash, when they were looked at
};

} // namespace cxstream::protocols
