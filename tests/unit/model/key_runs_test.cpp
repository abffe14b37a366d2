#include "model/key_runs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace cxstream::model {
namespace {

std::set<std::uint32_t> runs_of(const key_runs& keys, std::uint64_t hash) {
  std::set<std::uint32_t> out;
  keys.each(hash, [&](std::uint32_t run) { out.insert(run); });
  return out;
}

TEST(KeyRuns, NamesEveryRunThatHasAKeyAndHardlyAnyOther) {
  std::mt19937_64 random(7);
  key_runs keys;
  std::map<std::uint64_t, std::set<std::uint32_t>> truth;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const auto hash = i % 10 == 9 ? truth.begin()->first : random();
    keys.add(hash, i / 64);
    truth[hash].insert(i / 64);
  }
  for (const auto& [hash, runs] : truth)
    ASSERT_EQ(runs_of(keys, hash), runs);
  std::size_t mistaken = 0;
  for (int i = 0; i < 100'000; ++i)
    mistaken += !runs_of(keys, random()).empty();
  EXPECT_LE(mistaken, 2u); // 36 bits tell them apart
  EXPECT_EQ(keys.size(), 20'000u);
  EXPECT_LE(keys.bytes(), 20'000u * 8 * 3);
}

TEST(KeyRuns, KnowsNothingWhileItIsEmpty) {
  EXPECT_TRUE(runs_of({}, 0).empty());
  EXPECT_TRUE(runs_of({}, ~std::uint64_t{0}).empty());
}

TEST(KeyRuns, ForgetsWholeRunsAndGivesTheirMemoryBack) {
  std::mt19937_64 random(8);
  key_runs keys;
  std::vector<std::uint64_t> hashes;
  for (std::uint32_t i = 0; i < 6'400; ++i) {
    hashes.push_back(random());
    keys.add(hashes.back(), i / 64);
  }
  const auto before = keys.bytes();
  keys.forget_below(90);
  EXPECT_EQ(keys.size(), 640u);
  EXPECT_LT(keys.bytes(), before / 4);
  for (std::uint32_t i = 0; i < 6'400; ++i)
    ASSERT_EQ(runs_of(keys, hashes[i]).contains(i / 64), i / 64 >= 90) << i;
}

TEST(KeyRuns, KeepsKeysApartThatShareTheirUpperBits) {
  key_runs keys;
  for (std::uint32_t run = 0; run < 100; ++run)
    keys.add(std::uint64_t{run} << 30u, run); // all in one stretch of slots
  for (std::uint32_t run = 0; run < 100; ++run)
    ASSERT_EQ(runs_of(keys, std::uint64_t{run} << 30u), std::set{run});
}

} // namespace
} // namespace cxstream::model
