#include "actors/node/sink_roster.hpp"

#include "actors/doubles.hpp"
#include "actors/stage.hpp"
#include "ports/keys.hpp"

namespace cxstream::actors {
namespace {

class SinkRoster : public stage {
protected:
  SinkRoster() {
    on_stage(behind->actor);
    writer = on_stage(system.spawn([n = mends]() -> log_writer_actor::behavior_type {
      return {[](log_append&) {}, [](keep_dead_letters&) { return verdict{}; }, [](commit_atom) {},
              [n](mend_atom) { ++*n; }, [](stop_atom) { return verdict{}; }};
    }));
    roster.emplace(system, config, writer, std::vector{behind->actor});
  }
  base::result<sink_entry> subscribe(const std::string& name) {
    v1::StartSubscription start;
    start.set_name(name);
    auto entry = roster->subscriber_for(start);
    if (entry) {
      on_stage(entry->courier);
      on_stage(entry->subscriber);
      for (const auto& p : entry->partitions)
        on_stage(p);
    }
    return entry;
  }

  ports::no_metrics metrics;
  ports::no_log log;
  std::shared_ptr<partition_double> behind = partition_dummy(system);
  std::shared_ptr<int> mends = std::make_shared<int>(0);
  log_writer_actor writer;
  const node_config config = [this] {
    node_config c{store, clock, metrics, log};
    c.partitions = 1;
    c.dedicated_threads = false;
    return c;
  }();
  std::optional<sink_roster> roster;
};

TEST_F(SinkRoster, AWriteThatFailsIsAnErrorAndTheLogWriterMendsTheStore) {
  ASSERT_TRUE(subscribe("reader"));
  store.fail_writes(base::error_code::resource_exhausted);
  EXPECT_EQ(roster->pause("reader", true).err().code, base::error_code::resource_exhausted);
  run();
  EXPECT_EQ(*mends, 1);
  EXPECT_FALSE(roster->find("reader")->paused);
  EXPECT_FALSE(subscribe("another"));
  run();
  EXPECT_EQ(*mends, 2);
  EXPECT_FALSE(roster->find("another"));
}

TEST_F(SinkRoster, APauseIsWrittenDownAndToldToTheSink) {
  ASSERT_TRUE(subscribe("reader"));
  EXPECT_EQ(behind->demanded.size(), 1u);
  ASSERT_TRUE(roster->pause("reader", true));
  EXPECT_TRUE(roster->find("reader")->paused);
  v1::SinkRecord record;
  ASSERT_TRUE(record.ParseFromString(store.contents(ports::family::meta).at(ports::keys::sink_record("reader"))));
  EXPECT_TRUE(record.paused());
  EXPECT_FALSE(record.subscription().empty());
}

TEST_F(SinkRoster, KnowsItsSubscribersAgainAfterARestart) {
  ASSERT_TRUE(subscribe("reader"));
  ASSERT_TRUE(roster->pause("reader", true));
  sink_roster next{system, config, writer, {behind->actor}};
  ASSERT_TRUE(next.start());
  const auto found = next.find("reader");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->paused);
  on_stage(found->courier);
  on_stage(found->subscriber);
  for (const auto& p : found->partitions)
    on_stage(p);
  run();
  EXPECT_EQ(behind->demanded.size(), 1u); // only the first one's: the new one is paused
}

TEST_F(SinkRoster, DoesNotStartASinkWhoseSpentBudgetCannotBeRead) {
  ports::write_batch batch;
  batch.put(ports::family::meta, ports::keys::sink_budget("crm"), "\xff");
  ASSERT_TRUE(store.write(batch, ports::durability::synced));
  auto with_budget = config;
  sink_setup& crm = with_budget.sinks.emplace_back();
  crm.config.name = "crm";
  crm.config.allowance.calls_per_day = 1'000;
  roster.emplace(system, with_budget, writer, std::vector{behind->actor});
  const auto started = roster->start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.err().code, base::error_code::corrupt);
  EXPECT_NE(started.err().message.find("crm"), std::string::npos) << started.err().message;
}

} // namespace
} // namespace cxstream::actors
