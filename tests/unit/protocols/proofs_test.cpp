// The proofs of P3, P7 and P9 hold for what is sound, and catch every kind of damage that is planted.
#include "unit/protocols/partition_harness.hpp"

#include "protocols/account.hpp"
#include "protocols/refold.hpp"

#include <functional>

namespace cxstream::protocols {
namespace {

using ports::family;
using support::plain_event;
namespace keys = ports::keys;

const std::string sink = "crm";
const auto p3 = harness_partition;

base::log_offset at(std::uint64_t o) {
  return base::log_offset{o};
}

// Ten events of four tickets in three batches, a duplicate at offset 4, a conflict at 9; and a sink that has decided
// seven: offsets 0 … 6 and 8, of which one was filtered, two wait and one is dead.
struct sound_store {
  partition_harness p;
  v1::SinkCursor cursor;

  sound_store() {
    p.append({plain_event("A", "1", 60), plain_event("B", "1"), plain_event("A", "2", 0)});
    p.append({plain_event("C", "1"), plain_event("C", "1"), plain_event("C", "2")});
    auto conflict = plain_event("A", "2", 0);
    conflict.set_status("other");
    p.append({plain_event("D", "1"), plain_event("D", "2"), plain_event("D", "3"), conflict});
    p.append({plain_event("A", "3", 90), plain_event("B", "2")});
    p.checkpoint();
    cursor.set_next_offset(7);
    cursor.add_decided_above(8);
    cursor.set_delivered(3);
    cursor.set_filtered(1);
    cursor.set_waiting(2);
    cursor.set_dead(1);
    put_cursor();
    put(family::waiting, keys::waiting(sink, p3, "C", at(3)), v1::WaitingEntry{}.SerializeAsString());
    put(family::waiting, keys::waiting(sink, p3, "C", at(5)), v1::WaitingEntry{}.SerializeAsString());
    put(family::dead_letters, keys::dead_delivery(sink, p3, at(8)), v1::DeadLetter{}.SerializeAsString());
  }
  void put(family where, std::string key, std::string value) {
    ports::write_batch batch;
    batch.put(where, std::move(key), std::move(value));
    ASSERT_TRUE(p.store.write(batch, ports::durability::synced));
  }
  void erase(family where, std::string key) {
    ports::write_batch batch;
    batch.erase(where, std::move(key));
    ASSERT_TRUE(p.store.write(batch, ports::durability::synced));
  }
  void put_cursor() {
    put(family::cursors, keys::sink_partition(sink, p3), cursor.SerializeAsString());
  }
  template <class Message>
  void change(family where, const std::string& key, const std::function<void(Message&)>& how) {
    Message m;
    m.ParseFromString(p.store.contents(where).at(key));
    how(m);
    put(where, key, m.SerializeAsString());
  }
  account_proof account() {
    auto proof = prove_account(p.store, sink, p3, p.it->totals().history);
    EXPECT_TRUE(proof);
    return proof ? std::move(*proof) : account_proof{};
  }
  refold_proof fold(bool states = true) {
    auto proof = refold(p.store, p3, p.it->next_offset(), states);
    EXPECT_TRUE(proof);
    return proof ? std::move(*proof) : refold_proof{};
  }
};

struct damage {
  std::string name;
  std::function<void(sound_store&)> plant;
};

TEST(Account, OfASoundStoreAddsUp) {
  sound_store s;
  const auto proof = s.account();
  EXPECT_TRUE(proof.findings.empty()) << proof.findings.front();
  EXPECT_EQ(proof.counts.committed(), 10u);
  EXPECT_EQ(proof.counts.delivered() + proof.counts.filtered() + proof.counts.waiting() + proof.counts.dead() +
                proof.counts.pending(),
            10u);
  EXPECT_EQ(proof.counts.pending(), 3u);
}

TEST(Account, OfASinkThatNeverRanIsAllPending) {
  sound_store s;
  auto proof = prove_account(s.p.store, "new", p3, s.p.it->totals().history);
  ASSERT_TRUE(proof);
  EXPECT_TRUE(proof->findings.empty());
  EXPECT_EQ(proof->counts.pending(), 10u);
}

TEST(Account, CatchesEveryKindOfDamage) {
  const std::vector<damage> kinds{
      {"a waiting event is gone", [](auto& s) { s.erase(family::waiting, keys::waiting(sink, p3, "C", at(5))); }},
      {"a waiting event too many", [](auto& s) { s.put(family::waiting, keys::waiting(sink, p3, "D", at(7)), ""); }},
      {"a dead letter is gone", [](auto& s) { s.erase(family::dead_letters, keys::dead_delivery(sink, p3, at(8))); }},
      {"a dead letter too many",
       [](auto& s) { s.put(family::dead_letters, keys::dead_delivery(sink, p3, at(2)), ""); }},
      {"the cursor skipped an event",
       [](auto& s) {
         s.cursor.set_next_offset(8);
         s.put_cursor();
       }},
      {"the cursor went back",
       [](auto& s) {
         s.cursor.set_next_offset(6);
         s.put_cursor();
       }},
      {"a delivery was counted twice",
       [](auto& s) {
         s.cursor.set_delivered(4);
         s.put_cursor();
       }},
      {"a decided event was forgotten",
       [](auto& s) {
         s.cursor.clear_decided_above();
         s.put_cursor();
       }},
      {"the cursor was lost", [](auto& s) { s.erase(family::cursors, keys::sink_partition(sink, p3)); }},
      {"the history below the cursor shrank",
       [](auto& s) {
         s.template change<v1::AppliedBatch>(family::history, keys::at(p3, at(6)),
                                             [](auto& b) { b.set_history_before(4); });
       }},
  };
  for (const auto& kind : kinds) {
    sound_store s;
    kind.plant(s);
    EXPECT_FALSE(s.account().findings.empty()) << kind.name;
  }
}

TEST(Account, CannotBeProvedWithAnUnreadableCursor) {
  sound_store s;
  s.put(family::cursors, keys::sink_partition(sink, p3), "\xff");
  auto proof = prove_account(s.p.store, sink, p3, 10);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.err().code, base::error_code::corrupt);
}

TEST(Refold, OfASoundStoreFindsNothing) {
  sound_store s;
  const auto proof = s.fold();
  EXPECT_TRUE(proof.findings.empty()) << proof.findings.front();
  EXPECT_EQ(proof.events, 10u);
  EXPECT_EQ(proof.tickets, 4u);
  auto quick = recount_history(s.p.store, p3, s.p.it->next_offset());
  ASSERT_TRUE(quick);
  EXPECT_TRUE(quick->findings.empty());
  EXPECT_EQ(quick->events, 10u);
  EXPECT_EQ(quick->tickets, 4u);
}

TEST(Refold, CatchesEveryKindOfDamage) {
  const auto third = keys::at(p3, at(6));
  const std::vector<damage> kinds{
      {"a log batch is gone", [&](auto& s) { s.erase(family::log, third); }},
      {"the last log batch is gone", [&](auto& s) { s.erase(family::log, keys::at(p3, at(10))); }},
      {"a log entry cannot be read",
       [&](auto& s) {
         s.template change<v1::LogBatch>(family::log, third, [](auto& b) { b.mutable_entries(0)->set_event("\xff"); });
       }},
      {"a log entry has another fingerprint",
       [&](auto& s) {
         s.template change<v1::LogBatch>(family::log, third, [](auto& b) {
           b.mutable_entries(1)->set_key_hash_low(b.entries(0).key_hash_low());
           b.mutable_entries(1)->set_key_hash_high(b.entries(0).key_hash_high());
         });
       }},
      {"a history batch is gone", [&](auto& s) { s.erase(family::history, third); }},
      {"a history batch cannot be read", [&](auto& s) { s.put(family::history, third, "\xff"); }},
      {"an event was placed twice",
       [&](auto& s) {
         s.template change<v1::AppliedBatch>(family::history, third,
                                             [](auto& b) { b.set_placements(1, b.placements(0)); });
       }},
      {"a duplicate took effect",
       [&](auto& s) {
         s.template change<v1::AppliedBatch>(family::history, keys::at(p3, at(3)),
                                             [](auto& b) { b.set_placements(1, 4); });
       }},
      {"a late event is not marked",
       [&](auto& s) {
         s.template change<v1::AppliedBatch>(family::history, keys::at(p3, at(0)),
                                             [](auto& b) { b.set_placements(2, b.placements(2) & ~1ull); });
       }},
      {"the history was counted wrong",
       [&](auto& s) {
         s.template change<v1::AppliedBatch>(family::history, third,
                                             [](auto& b) { b.set_history_before(b.history_before() + 1); });
       }},
      {"a ticket is gone", [&](auto& s) { s.erase(family::tickets, keys::ticket(p3, "D")); }},
      {"a ticket's state went back",
       [&](auto& s) {
         s.template change<v1::TicketSnapshot>(family::tickets, keys::ticket(p3, "A"), [](auto& t) {
           t.mutable_state()->mutable_newest()->set_occurred_at_us(1);
         });
       }},
  };
  for (const auto& kind : kinds) {
    sound_store s;
    kind.plant(s);
    EXPECT_FALSE(s.fold().findings.empty()) << kind.name;
  }
}

TEST(Refold, NamesTheTicketAndThePlace) {
  sound_store s;
  s.change<v1::AppliedBatch>(family::history, keys::at(p3, at(6)), [](auto& b) { b.set_placements(1, 10); });
  const auto findings = s.fold().findings;
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front(), "entry 7 of ticket D was placed at 5, folding again gives 2");
}

TEST(Refold, SaysAtMostAHundredThings) {
  partition_harness p;
  for (int i = 0; i < 300; ++i)
    p.append({plain_event("T" + std::to_string(i), "1")});
  auto proof = refold(p.store, p3, p.it->next_offset(), true); // no checkpoint: no ticket is stored
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->findings.size(), 100u);
}

} // namespace
} // namespace cxstream::protocols
