#include "protocols/payload_volume.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace cxstream::protocols {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct watched {
  // An hour that brings so many payloads, looked at every five minutes. Returns what the hours before it came to.
  std::optional<volume_change> hour(std::uint64_t payloads) {
    std::optional<volume_change> out;
    for (int part = 0; part < 12; ++part, now += minutes{5}) {
      if (auto change = volume.watch(now))
        out = change;
      for (auto n = payloads * part / 12; n < payloads * (part + 1) / 12; ++n)
        volume.count();
    }
    return out;
  }
  // A day of office hours; returns how many changes were told.
  int day(double level) {
    int told = 0;
    for (int h = 0; h < 24; ++h)
      if (auto change = hour(static_cast<std::uint64_t>(level * (h >= 8 && h < 18 ? 100 : 4)))) {
        ++told;
        last = change;
      }
    return told;
  }

  payload_volume volume;
  base::timestamp now = base::timestamp{} + hours{24 * 20'000};
  std::optional<volume_change> last;
};

TEST(PayloadVolume, NightsAreNoDrops) {
  watched source;
  for (int d = 0; d < 20; ++d)
    EXPECT_EQ(source.day(d % 2 == 0 ? 1.0 : 1.2), 0) << d;
}

TEST(PayloadVolume, ADropIsToldOnceAndBecomesTheUsual) {
  watched source;
  for (int d = 0; d < 5; ++d)
    ASSERT_EQ(source.day(1), 0);
  EXPECT_EQ(source.day(0.3), 1);
  ASSERT_TRUE(source.last);
  EXPECT_EQ(source.last->kind, v1::DRIFT_VOLUME_DROP);
  EXPECT_EQ(source.last->detail, "30 payloads in the hour from 8:00 UTC; about 100 are usual");
  int told = 0;
  for (int d = 0; d < 20; ++d)
    told += source.day(0.3);
  EXPECT_EQ(told, 0);
}

TEST(PayloadVolume, ADoubleIsToldOnceAndAgainOnlyAfterAUsualHour) {
  watched source;
  for (int d = 0; d < 5; ++d)
    ASSERT_EQ(source.day(1), 0);
  EXPECT_EQ(source.day(2.5), 1);
  EXPECT_EQ(source.last->kind, v1::DRIFT_VOLUME_DOUBLE);
  for (int d = 0; d < 5; ++d)
    EXPECT_EQ(source.day(1.2), 0);
  EXPECT_EQ(source.day(4), 1);
}

TEST(PayloadVolume, AFewPayloadsAreLeftToChance) {
  watched source;
  for (int h = 0; h < 24 * 30; ++h)
    EXPECT_FALSE(source.hour(h / 24 % 2 == 0 ? 1 : 15)) << h;
}

TEST(PayloadVolume, AnHourThatWasNotWatchedIsNoDrop) {
  watched source;
  for (int d = 0; d < 5; ++d)
    ASSERT_EQ(source.day(1), 0);
  source.now += hours{24 * 3 + 10}; // the node was down; it is back within the office hours
  for (int h = 0; h < 3; ++h)
    EXPECT_FALSE(source.hour(90)) << h;
}

TEST(PayloadVolume, IsTheSameAfterARestart) {
  watched one, other;
  for (int d = 0; d < 8; ++d) {
    EXPECT_EQ(one.day(d == 6 ? 0.2 : 1), other.day(d == 6 ? 0.2 : 1));
    other.volume = payload_volume(other.volume.state());
    EXPECT_EQ(one.volume.state().SerializeAsString(), other.volume.state().SerializeAsString());
  }
}

} // namespace
} // namespace cxstream::protocols
