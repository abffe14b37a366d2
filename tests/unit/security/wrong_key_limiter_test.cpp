#include "security/api_keys/wrong_key_limiter.hpp"

#include <gtest/gtest.h>

namespace cxstream::security {
namespace {

using std::chrono::seconds;

const base::timestamp start{seconds(1'000'000)};
constexpr wrong_key_limiter::limits few{3, seconds(10), seconds(60), 100};

TEST(WrongKeyLimiter, RefusesAPeerAfterSomeWrongKeysForAWhile) {
  wrong_key_limiter limiter(few);
  EXPECT_FALSE(limiter.note_wrong("10.0.0.1", start));
  EXPECT_FALSE(limiter.note_wrong("10.0.0.1", start + seconds(1)));
  EXPECT_FALSE(limiter.refused_for("10.0.0.1", start + seconds(1)));
  EXPECT_TRUE(limiter.note_wrong("10.0.0.1", start + seconds(2)));
  EXPECT_EQ(limiter.refused_for("10.0.0.1", start + seconds(2)), seconds(60));
  EXPECT_EQ(limiter.refused_for("10.0.0.1", start + seconds(61)), seconds(1));
  EXPECT_FALSE(limiter.refused_for("10.0.0.1", start + seconds(62)));
  EXPECT_FALSE(limiter.refused_for("10.0.0.2", start + seconds(2))) << "another peer";
}

TEST(WrongKeyLimiter, ForgivesWrongKeysThatAreFarApart) {
  wrong_key_limiter limiter(few);
  for (int i = 0; i < 100; ++i)
    EXPECT_FALSE(limiter.note_wrong("10.0.0.1", start + seconds(5 * i))) << i;
}

TEST(WrongKeyLimiter, SaysOnceThatAPeerIsRefused) {
  wrong_key_limiter limiter(few);
  int told = 0;
  for (int i = 0; i < 10; ++i)
    told += limiter.note_wrong("10.0.0.1", start) ? 1 : 0;
  EXPECT_EQ(told, 1);
}

TEST(WrongKeyLimiter, TakesANetworkOfOneOwnerAsOnePeer) {
  wrong_key_limiter limiter(few);
  for (const auto* peer : {"2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3"})
    limiter.note_wrong(peer, start);
  EXPECT_TRUE(limiter.refused_for("2001:db8:1:2::4", start));
  EXPECT_FALSE(limiter.refused_for("2001:db8:1:3::4", start));
  for (const auto* peer : {"::ffff:10.0.0.1", "10.0.0.1", "::ffff:10.0.0.1"})
    limiter.note_wrong(peer, start);
  EXPECT_TRUE(limiter.refused_for("10.0.0.1", start));
  EXPECT_FALSE(limiter.refused_for("::ffff:10.0.0.2", start)) << "IPv4 inside IPv6 is no network of one owner";
}

TEST(WrongKeyLimiter, RemembersABoundedNumberOfPeersTheLatestFirst) {
  wrong_key_limiter limiter(few);
  for (int i = 0; i < 3; ++i)
    limiter.note_wrong("early", start);
  for (int peer = 0; peer < 99; ++peer)
    limiter.note_wrong("peer " + std::to_string(peer), start);
  EXPECT_TRUE(limiter.refused_for("early", start));
  for (int peer = 99; peer < 100'000; ++peer)
    limiter.note_wrong("peer " + std::to_string(peer), start);
  EXPECT_EQ(limiter.peers(), 100u);
  EXPECT_FALSE(limiter.refused_for("early", start));
  limiter.note_wrong("peer 99999", start);
  EXPECT_TRUE(limiter.note_wrong("peer 99999", start));
}

} // namespace
} // namespace cxstream::security
