// A disk that is full: writes are refused with the right word, what was acknowledged stays, and work goes on when there
// is room.
#include "fault/steady_writer.hpp"
#include "support/scratch_dir.hpp"

#include <gtest/gtest.h>

#include <sys/mount.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace cxstream::fault {
namespace {

using ports::durability;
using ports::family;
using storage::rocks_store;

class FullDisk : public testing::Test {
protected:
  void SetUp() override {
    if (::mount("tmpfs", disk.path().c_str(), "tmpfs", 0, "size=24m") != 0)
      GTEST_SKIP() << "a small file system cannot be mounted here";
    mounted = true;
    std::ofstream(ballast, std::ios::binary) << std::string(12u << 20u, 'x');
  }
  void TearDown() override {
    if (mounted)
      ::umount2(disk.path().c_str(), MNT_DETACH);
  }
  base::result<void> write_round(rocks_store& store, std::uint64_t round, durability how) {
    ports::write_batch batch;
    batch.put(family::log, key_of(round), value_of(round));
    return store.write(batch, how);
  }
  // Writes until the store refuses; returns the last round that it took.
  std::uint64_t fill(rocks_store& store, durability how, base::error& why) {
    for (std::uint64_t round = 1; round < 100'000; ++round)
      if (auto written = write_round(store, round, how); !written) {
        why = written.err();
        return round - 1;
      }
    return 0;
  }
  void mend(rocks_store& store) {
    for (int tries = 0; tries < 100; ++tries) {
      if (store.mend())
        return;
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    FAIL() << "the store is not mended although there is room";
  }
  void expect_rounds(const rocks_store& store, std::uint64_t last) {
    for (std::uint64_t round = 1; round <= last; ++round) {
      auto value = store.get(family::log, key_of(round));
      ASSERT_TRUE(value && *value) << round;
      ASSERT_EQ(**value, value_of(round));
    }
  }

  support::scratch_dir disk;
  std::string ballast = disk.path("ballast");
  bool mounted = false;
};

TEST_F(FullDisk, RefusesKeepsWhatWasAcknowledgedAndGoesOnWhenThereIsRoom) {
  for (const auto how : {durability::synced, durability::buffered}) {
    const auto path = disk.path("store " + std::to_string(static_cast<int>(how)));
    if (!std::filesystem::exists(ballast))
      std::ofstream(ballast, std::ios::binary) << std::string(8u << 20u, 'x');
    auto opened = rocks_store::open(small_store(path), 0);
    ASSERT_TRUE(opened) << opened.err().message;
    base::error why;
    const auto taken = fill(**opened, how, why);
    ASSERT_GT(taken, 100u);
    EXPECT_EQ(why.code, base::error_code::resource_exhausted) << why.message;
    auto next = write_round(**opened, taken + 1, how);
    ASSERT_FALSE(next);
    EXPECT_EQ(next.err().code, base::error_code::unavailable);
    expect_rounds(**opened, taken);
    std::filesystem::remove(ballast);
    mend(**opened);
    auto again = write_round(**opened, taken + 1, durability::synced);
    ASSERT_TRUE(again) << again.err().message;
    expect_rounds(**opened, taken + 1);
    opened->reset();
    auto reopened = rocks_store::open(small_store(path), 0);
    ASSERT_TRUE(reopened);
    expect_rounds(**reopened, taken + 1);
    reopened->reset();
    std::filesystem::remove_all(path);
  }
}

} // namespace
} // namespace cxstream::fault
