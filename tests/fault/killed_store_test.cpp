// kill -9 and torn files under a real store; what was done is known outside of it.
#include "fault/steady_writer.hpp"
#include "ports/keys.hpp"
#include "support/scratch_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

namespace cxstream::fault {
namespace {

using ports::family;
using support::scratch_dir;

std::unique_ptr<storage::rocks_store> open(const std::string& path) {
  auto store = storage::rocks_store::open(small_store(path), 0);
  EXPECT_TRUE(store) << store.err().message;
  return store ? std::move(*store) : nullptr;
}

// Rounds 1, 2, 3 … that the log holds without a gap and with the right bytes.
std::uint64_t whole_rounds(const ports::store& store) {
  std::uint64_t next = 1;
  const auto visit = [&](std::string_view key, std::string_view value) {
    EXPECT_EQ(ports::keys::offset_of(key).value, next);
    EXPECT_EQ(value, value_of(next));
    ++next;
    return !testing::Test::HasFailure();
  };
  EXPECT_TRUE(store.scan(family::log, "", "", visit));
  return next - 1;
}

std::uint64_t number_at(const ports::store& store, family where, const std::string& key) {
  auto found = store.get(where, key);
  EXPECT_TRUE(found);
  return found && *found ? std::stoull(**found) : 0;
}

// Derived data is that of one moment, in all families: rounds 1 … applied, and nothing of a later one.
void expect_one_moment(const ports::store& store, std::uint64_t applied) {
  std::uint64_t history = 0;
  EXPECT_TRUE(store.scan(family::history, "", "", [&](std::string_view key, std::string_view) {
    EXPECT_EQ(ports::keys::offset_of(key).value, ++history);
    return true;
  }));
  EXPECT_EQ(history, applied);
  for (std::uint64_t ticket = 0; ticket < 50; ++ticket) {
    const auto newest = applied < ticket ? 0 : applied - (applied - ticket) % 50;
    EXPECT_EQ(number_at(store, family::tickets, key_of(ticket)), newest);
  }
}

TEST(KilledStore, KeepsWhatItAcknowledgedThroughManyKillsAtAnyMoment) {
  const scratch_dir dir;
  const auto path = dir.path("store");
  std::mt19937_64 random(20'260'102);
  std::uint64_t log = 0, flushed = 0;
  for (int kill = 0; kill < 15; ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    writer_process writer(path);
    writer.await_rounds(1 + random() % 300);
    ::usleep(static_cast<unsigned>(random() % 3'000));
    writer.kill();
    const auto store = open(path);
    ASSERT_TRUE(store);
    const auto rounds = whole_rounds(*store);
    EXPECT_GE(rounds, writer.log);
    EXPECT_LE(rounds, writer.log + 1); // written, and no longer told
    EXPECT_GT(rounds, log);
    EXPECT_GE(number_at(*store, family::cursors, "sink"), writer.cursor);
    const auto applied = number_at(*store, family::applied, "applied");
    EXPECT_LE(applied, rounds);
    expect_one_moment(*store, applied);
    // The next writer finds derived data as it was; like a node, it applies the rest of the log first.
    ports::write_batch rest;
    for (auto round = applied + 1; round <= rounds; ++round) {
      rest.put(family::history, key_of(round), "applied again");
      rest.put(family::tickets, key_of(round % 50), std::to_string(round));
      rest.put(family::applied, "applied", std::to_string(round));
    }
    ASSERT_TRUE(store->write(rest, ports::durability::derived));
    log = rounds;
    flushed += applied > 0;
    if (testing::Test::HasFailure())
      return;
  }
  EXPECT_GT(flushed, 5u); // derived data was really there after some of the kills
}

// The newest log file of a store.
std::filesystem::path newest_wal(const std::string& path) {
  std::filesystem::path newest;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.path().extension() == ".log" && (newest.empty() || entry.path().filename() > newest.filename()))
      newest = entry.path();
  return newest;
}

TEST(KilledStore, OpensWithATornTailAndHasEverythingBeforeIt) {
  for (const std::uintmax_t torn : {1, 7, 100, 5'000}) {
    SCOPED_TRACE(torn);
    const scratch_dir dir;
    const auto path = dir.path("store");
    writer_process writer(path);
    writer.await_rounds(40);
    writer.kill();
    const auto wal = newest_wal(path);
    const auto size = std::filesystem::file_size(wal);
    ASSERT_GT(size, torn);
    std::filesystem::resize_file(wal, size - torn);
    const auto store = open(path);
    ASSERT_TRUE(store);
    const auto rounds = whole_rounds(*store);
    EXPECT_GE(rounds + 2 + torn / 200, writer.log); // a round has 200 bytes or more
    EXPECT_LE(number_at(*store, family::applied, "applied"), rounds);
  }
}

TEST(KilledStore, IsRefusedWhileAnotherProcessHasIt) {
  const scratch_dir dir;
  writer_process writer(dir.path("store"));
  writer.await_rounds(1);
  auto second = storage::rocks_store::open(small_store(dir.path("store")), 0);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.err().code, base::error_code::failed_precondition);
  EXPECT_NE(second.err().message.find("in use by another process"), std::string::npos);
}

} // namespace
} // namespace cxstream::fault
