#include "actors/node/admin_service.hpp"

#include "actors/doubles.hpp"
#include "actors/stage.hpp"
#include "ports/keys.hpp"
#include "protocols/partition.hpp"
#include "support/event_maker.hpp"

#include "cxstream/v1/storage.pb.h"

namespace cxstream::actors {
namespace {

using support::plain_event;

// A node of one partition, whose actor says what the test has put there while the store is real.
class VerifyCall : public stage {
protected:
  VerifyCall() {
    on_stage(behind->actor);
    EXPECT_TRUE(past.recover());
  }
  // An event is committed, applied and written to its ticket.
  void happen(const v1::CanonicalEvent& event) {
    const auto window = std::chrono::hours{24};
    std::vector<protocols::log_entry> entries{support::entry_of(event)};
    const auto first = past.reserve(1);
    ports::write_batch batch;
    batch.put(ports::family::log, ports::keys::at(id, first),
              protocols::encode_log_batch(base::epoch{1}, first, window, entries) +
                  protocols::commit_stamp(clock.now()));
    ASSERT_TRUE(store.write(batch, ports::durability::synced));
    ASSERT_TRUE(past.apply({first, clock.now(), window, std::move(entries)}));
    ASSERT_TRUE(past.checkpoint());
  }
  // What the partition tells of itself from now on.
  void tell_totals() {
    v1::PartitionApplied totals;
    totals.set_next_offset(past.next_offset().value);
    totals.set_history(past.totals().history);
    totals.set_tickets(past.totals().tickets);
    behind->on_totals = bytes_answer{{}, totals.SerializeAsString()};
  }
  v1::VerifyResponse verify() {
    std::optional<base::result<v1::VerifyResponse>> proof;
    v1::VerifyRequest request;
    request.set_deep(true);
    admin.verify(request, [&](base::result<v1::VerifyResponse> r) { proof.emplace(std::move(r)); });
    run();
    return proof && *proof ? **proof : v1::VerifyResponse{};
  }

  const base::partition_id id{0};
  ports::no_metrics metrics;
  ports::no_log log;
  std::shared_ptr<partition_double> behind = partition_dummy(system);
  protocols::partition past{id, store, 1'000};
  const node_config config = [this] {
    node_config c{store, clock, metrics, log};
    c.partitions = 1;
    c.dedicated_threads = false;
    return c;
  }();
  sink_roster sinks{system, config, {}, {behind->actor}};
  replay_roster replays{system, config, sinks, {}};
  intake_counters intake;
  const node_parts parts{system, config, {}, {behind->actor}, sinks, intake, clock.now(), {}, replays};
  admin_service admin{parts};
};

TEST_F(VerifyCall, FindsNothingWhereNothingIsWrong) {
  happen(plain_event("A", "1"));
  tell_totals();
  const auto proof = verify();
  EXPECT_TRUE(proof.ok());
  EXPECT_EQ(proof.events(), 1u);
}

TEST_F(VerifyCall, IsNotMisledByACheckpointMadeWhileItLooks) {
  happen(plain_event("A", "1"));
  tell_totals();
  happen(plain_event("A", "2"));
  EXPECT_TRUE(verify().ok());
}

TEST_F(VerifyCall, FindsATicketThatIsNotTheFoldOfItsLog) {
  happen(plain_event("A", "1"));
  tell_totals();
  v1::TicketSnapshot snapshot;
  ASSERT_TRUE(snapshot.ParseFromString(store.contents(ports::family::tickets).at(ports::keys::ticket(id, "A"))));
  snapshot.mutable_state()->mutable_status()->set_value("closed");
  ports::write_batch damage;
  damage.put(ports::family::tickets, ports::keys::ticket(id, "A"), snapshot.SerializeAsString());
  ASSERT_TRUE(store.write(damage, ports::durability::synced));
  const auto proof = verify();
  EXPECT_FALSE(proof.ok());
  ASSERT_EQ(proof.findings_size(), 1);
  EXPECT_NE(proof.findings(0).message().find("ticket A"), std::string::npos);
}

} // namespace
} // namespace cxstream::actors
