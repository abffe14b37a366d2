#include "protocols/evidence_sampler.hpp"

#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;

const base::timestamp noon = base::from_us(1'767'355'200'000'000);

std::string url(int n) {
  return "https://desk.example/" + std::to_string(n);
}

TEST(EvidenceSampler, LooksAtAShareAndAlwaysTheSame) {
  sampling_policy policy;
  policy.share = 0.1;
  policy.checks_per_minute = policy.host_checks_per_minute = 1e9;
  evidence_sampler one(policy, noon);
  evidence_sampler two(policy, noon);
  int looked = 0;
  for (int n = 0; n < 10'000; ++n) {
    const auto decided = one.consider("T" + std::to_string(n), 1, url(n), "desk.example", noon);
    EXPECT_EQ(two.consider("T" + std::to_string(n), 1, url(n), "desk.example", noon), decided);
    looked += decided == sampling::look;
  }
  EXPECT_NEAR(looked, 1'000, 120);
}

TEST(EvidenceSampler, AsksNoHostMoreOftenThanItMayAndNotAllOfThemEither) {
  sampling_policy policy{1.0, 15, 10, 24h};
  evidence_sampler sampler(policy, noon);
  const auto looks = [&](const std::string& host, base::timestamp at) {
    int out = 0;
    for (int n = 0; n < 100; ++n)
      out += sampler.consider("T", 1, host + std::to_string(n) + std::to_string(base::to_us(at)), host, at) ==
             sampling::look;
    return out;
  };
  EXPECT_EQ(looks("a", noon), 10);
  EXPECT_EQ(looks("b", noon), 5) << "the rest of what is allowed in all";
  EXPECT_EQ(looks("a", noon + 1min), 10);
}

TEST(EvidenceSampler, LooksAtALinkOnceADay) {
  evidence_sampler sampler({1.0, 60, 10, 24h}, noon);
  EXPECT_EQ(sampler.consider("T", 1, url(1), "h", noon), sampling::look);
  EXPECT_EQ(sampler.consider("T", 2, url(1), "h", noon + 1h), sampling::known);
  EXPECT_EQ(sampler.consider("T", 2, url(1), "h", noon + 24h), sampling::look);
  sampler.forget(url(1));
  EXPECT_EQ(sampler.consider("T", 2, url(1), "h", noon + 24h), sampling::look);
}

} // namespace
} // namespace cxstream::protocols
