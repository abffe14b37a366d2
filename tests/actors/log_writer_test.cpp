#include "actors/log_writer/log_writer.hpp"

#include "actors/stage.hpp"
#include "ports/keys.hpp"
#include "protocols/log_batch.hpp"
#include "support/tapped_store.hpp"

#include "cxstream/v1/admin.pb.h"

namespace cxstream::actors {
namespace {

using ports::family;
using support::memory_store;

// A partition as the log writer sees it.
struct waiting_partition {
  std::vector<log_appended> appended;
  int mended = 0;
  log_writer_client actor;
};

class LogWriter : public stage {
protected:
  LogWriter()
      : tapped(store, [this](ports::write_batch& batch, ports::durability& how) {
          writes.emplace_back(batch.operations().size(), how);
          return std::nullopt;
        }) {
  }
  log_writer_config settings() {
    log_writer_config c{tapped, clock, metrics};
    c.on_failure = [this](const base::error&) { ++failures; };
    c.on_mended = [this] { ++mendings; };
    return c;
  }
  log_writer_actor start(log_writer_config config) {
    return on_stage(system.spawn(log_writer, config));
  }
  std::shared_ptr<waiting_partition> client() {
    auto d = std::make_shared<waiting_partition>();
    d->actor = on_stage(system.spawn([to = d]() -> log_writer_client::behavior_type {
      return {[to](log_appended& a) { to->appended.push_back(std::move(a)); },
              [to](const store_mended&) { ++to->mended; }};
    }));
    return d;
  }
  static log_append batch(std::uint16_t partition, std::uint64_t first, std::size_t bytes = 4) {
    const std::vector<protocols::log_entry> entries{{std::string(bytes, 'x'), {}}};
    return {base::partition_id{partition}, base::log_offset{first}, 1,
            protocols::encode_log_batch(base::epoch{1}, base::log_offset{first}, std::chrono::seconds{60}, entries)};
  }
  static keep_dead_letters letter(const std::string& id) {
    v1::DeadLetter l;
    l.set_id(id);
    return {{l.SerializeAsString()}};
  }

  ports::no_metrics metrics;
  std::vector<std::pair<std::size_t, ports::durability>> writes;
  support::tapped_store tapped;
  int failures = 0, mendings = 0;
};

TEST_F(LogWriter, MakesWhatHasGatheredDurableInOneSyncedWrite) {
  const auto writer = start(settings());
  const auto a = client(), b = client();
  const auto kept = will_ask<verdict>(writer, letter("ingest-1")); // asks before the writer sees the first append
  caf::send_as(a->actor, writer, batch(1, 0));
  caf::send_as(b->actor, writer, batch(2, 7));
  run();
  ASSERT_EQ(writes.size(), 1u);
  EXPECT_EQ(writes[0], (std::pair<std::size_t, ports::durability>(3, ports::durability::synced)));
  ASSERT_EQ(a->appended.size(), 1u);
  ASSERT_EQ(b->appended.size(), 1u);
  EXPECT_TRUE(a->appended[0].result.ok);
  EXPECT_EQ(b->appended[0].first_offset.value, 7u);
  EXPECT_TRUE((**kept)->ok);
  EXPECT_EQ(store.contents(family::log).size(), 2u);
  EXPECT_EQ(store.contents(family::dead_letters).count("ingest-1"), 1u);
}

TEST_F(LogWriter, WhatItAcknowledgedSurvivesAPowerFailureWithItsCommitTime) {
  const auto writer = start(settings());
  const auto a = client();
  clock.time = base::from_us(42'000'000);
  caf::send_as(a->actor, writer, batch(1, 0));
  run();
  ASSERT_TRUE(a->appended.at(0).result.ok);
  store.crash_now(memory_store::crash::power_fails);
  auto stored = protocols::decode_log_batch(store.contents(family::log).at(ports::keys::at(base::partition_id{1}, {})));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->committed_at, clock.time);
  EXPECT_EQ(stored->committed_at, a->appended[0].committed_at);
}

TEST_F(LogWriter, CommitTimesNeverGoBackEvenWhenTheClockDoes) {
  const auto writer = start(settings());
  const auto a = client();
  for (const std::int64_t second : {10, 20, 5, 21}) {
    clock.time = base::from_us(second * 1'000'000);
    caf::send_as(a->actor, writer, batch(1, static_cast<std::uint64_t>(second)));
    run();
  }
  EXPECT_EQ(a->appended[2].committed_at, a->appended[1].committed_at);
  EXPECT_EQ(base::to_us(a->appended[3].committed_at), 21'000'000);
}

TEST_F(LogWriter, AFailureIsToldToEveryoneAndNothingIsWrittenUntilTheDiskIsMended) {
  const auto writer = start(settings());
  const auto a = client(), b = client(), idle = client();
  caf::send_as(idle->actor, writer, batch(3, 0));
  run();
  store.fail_writes(base::error_code::resource_exhausted, 2);
  const auto kept = will_ask<verdict>(writer, letter("ingest-1"));
  caf::send_as(a->actor, writer, batch(1, 0));
  caf::send_as(b->actor, writer, batch(2, 0));
  run();
  EXPECT_FALSE(a->appended.at(0).result.ok);
  EXPECT_EQ(b->appended.at(0).result.why.code, base::error_code::resource_exhausted);
  EXPECT_FALSE((**kept)->ok);
  EXPECT_EQ(failures, 1);
  const auto written = writes.size();
  caf::send_as(a->actor, writer, batch(1, 0));
  run();
  EXPECT_FALSE(a->appended.at(1).result.ok);
  EXPECT_FALSE((**asks<verdict>(writer, letter("ingest-2")))->ok);
  EXPECT_EQ(writes.size(), written);
  pass(std::chrono::milliseconds{500}); // still broken
  EXPECT_EQ(mendings, 0);
  pass(std::chrono::milliseconds{500});
  EXPECT_EQ(mendings, 1);
  EXPECT_EQ(a->mended, 1);
  EXPECT_EQ(b->mended, 1);
  EXPECT_EQ(idle->mended, 1);
  caf::send_as(a->actor, writer, batch(1, 0));
  run();
  EXPECT_TRUE(a->appended.at(2).result.ok);
}

TEST_F(LogWriter, CommitsAtOnceWhenAGroupIsLargeEnough) {
  auto config = settings();
  config.group_bytes_max = 1'000;
  const auto writer = start(config);
  const auto a = client();
  for (std::uint64_t i = 0; i < 5; ++i)
    caf::send_as(a->actor, writer, batch(static_cast<std::uint16_t>(i), 0, 400));
  run();
  EXPECT_EQ(a->appended.size(), 5u);
  ASSERT_EQ(writes.size(), 2u);
  EXPECT_EQ(writes[0].first, 3u); // three of 400 bytes and more
}

TEST_F(LogWriter, CommitsWhatHasGatheredBeforeItEnds) {
  const auto writer = start(settings());
  const auto a = client();
  const auto stopped = will_ask<verdict>(writer, stop_atom_v); // comes right behind the append
  caf::send_as(a->actor, writer, batch(1, 0));
  run();
  ASSERT_TRUE(*stopped);
  EXPECT_TRUE((**stopped)->ok);
  EXPECT_TRUE(a->appended.at(0).result.ok);
}

} // namespace
} // namespace cxstream::actors
