#include "actors/dead_letter/dead_letter.hpp"

#include "actors/doubles.hpp"
#include "actors/stage.hpp"
#include "model/content_hash.hpp"
#include "ports/keys.hpp"
#include "support/event_maker.hpp"

namespace cxstream::actors {
namespace {

using ports::family;
namespace keys = ports::keys;

constexpr std::uint16_t partitions = 3;

// A source whose mapping has been mended, or not.
struct reader_double final : ports::payload_reader {
  ports::read_payload read(const ports::payload& from, base::timestamp now) const override {
    ADD_FAILURE() << "a letter was verified when it came";
    return read_verified(from, now);
  }
  ports::read_payload read_verified(const ports::payload& from, base::timestamp) const override {
    seen = from;
    return answer;
  }
  bool hides(std::string_view) const override {
    return false;
  }
  mutable ports::payload seen;
  ports::read_payload answer;
};

class DeadLetterActor : public stage {
protected:
  DeadLetterActor() {
    for (std::uint16_t i = 0; i < partitions; ++i)
      on_stage(routes.emplace_back(partition_dummy(system))->actor);
    on_stage(crm->actor);
    rules->partitions = partitions;
    rules->taxonomy = std::make_shared<model::taxonomy>();
  }
  void deal_with(const std::vector<std::string>& ids, letter_action action = letter_action::requeue) {
    results.clear();
    done = 0;
    const auto sink_of = [this](const std::string& name, base::partition_id) {
      return name == "crm" ? std::optional(crm->actor) : std::nullopt;
    };
    const auto when_done = [this](std::vector<v1::RequeueResult> all) {
      ++done;
      results = std::move(all);
    };
    std::vector<partition_actor> actors;
    for (const auto& route : routes)
      actors.push_back(route->actor);
    dead_letter_config config{store,
                              clock,
                              actors,
                              sink_of,
                              [r = rules] { return r; },
                              [this](const std::string& source) { return source == "desk" ? reader : nullptr; },
                              action,
                              ids,
                              when_done,
                              [this](const base::error&) { ++failures; }};
    on_stage(system.spawn(dead_letter, std::move(config)));
  }
  void keep(const v1::DeadLetter& letter) {
    ports::write_batch batch;
    batch.put(family::dead_letters, letter.id(), letter.SerializeAsString());
    ASSERT_TRUE(store.write(batch, ports::durability::synced));
  }
  std::string at_sink(const std::string& sink, std::uint64_t offset) {
    v1::DeadLetter letter;
    letter.set_id(keys::dead_delivery(sink, base::partition_id{1}, base::log_offset{offset}));
    letter.set_stage(v1::DELIVERY);
    letter.set_sink(sink);
    letter.set_partition(1);
    letter.set_offset(offset);
    keep(letter);
    return letter.id();
  }
  std::string at_intake(std::uint64_t number, const v1::CanonicalEvent& event) {
    v1::DeadLetter letter;
    letter.set_id(keys::dead_ingest(1, number));
    letter.set_stage(v1::INGEST);
    letter.set_payload(event.SerializeAsString());
    keep(letter);
    return letter.id();
  }
  std::string at_source(const std::string& source) {
    v1::DeadLetter letter;
    letter.set_id(keys::dead_ingest(1, 77));
    letter.set_stage(v1::SOURCE);
    letter.set_source(source);
    auto* header = letter.add_headers();
    header->set_name("content-type");
    header->set_value("application/json");
    letter.set_payload("raw bytes");
    keep(letter);
    return letter.id();
  }
  partition_double& route_of(const std::string& ticket) {
    return *routes[model::partition_of(ticket, partitions).value];
  }
  bool there(const std::string& id) const {
    return store.contents(family::dead_letters).contains(id);
  }
  static append_answer decided(model::effect effect) {
    return {{}, {{effect, base::ticket_sequence{4}, base::log_offset{9}, false}}};
  }

  std::vector<std::shared_ptr<partition_double>> routes;
  std::shared_ptr<sink_double> crm = sink_dummy(system);
  std::shared_ptr<intake_rules> rules = std::make_shared<intake_rules>();
  std::shared_ptr<reader_double> reader = std::make_shared<reader_double>();
  std::vector<v1::RequeueResult> results;
  int done = 0;
  int failures = 0;
};

TEST_F(DeadLetterActor, LettersOfASinkGoBackToItInTheirOrder) {
  std::vector<std::string> ids;
  for (const std::uint64_t offset : {3, 5, 8})
    ids.push_back(at_sink("crm", offset));
  deal_with(ids, letter_action::requeue_allowing_older);
  ASSERT_EQ(crm->requeued.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(keys::dead_delivery("crm", base::partition_id{1}, crm->requeued[i].offset), ids[i]);
    EXPECT_TRUE(crm->requeued[i].allow_older);
    EXPECT_EQ(results.at(i).id(), ids[i]);
    EXPECT_TRUE(results[i].requeued());
    EXPECT_TRUE(there(ids[i])); // the sink takes it out, with its own writes
  }
  EXPECT_EQ(done, 1);
}

TEST_F(DeadLetterActor, SaysWhatTheSinkSaid) {
  crm->on_letter = verdict{false, {base::error_code::failed_precondition, "a newer one was delivered"}};
  deal_with({at_sink("crm", 3)});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_FALSE(results[0].requeued());
  EXPECT_EQ(results[0].message(), "a newer one was delivered");
  EXPECT_FALSE(crm->requeued.at(0).allow_older);
}

TEST_F(DeadLetterActor, ASinkThatIsSilentOrDeadHoldsUpNoOtherLetter) {
  route_of("T").on_append = decided(model::effect::accepted);
  crm->on_letter.reset();
  const auto silent = at_sink("crm", 3);
  const auto good = at_intake(1, support::plain_event("T", "k"));
  deal_with({silent, good});
  EXPECT_EQ(done, 0);
  pass(std::chrono::seconds{31});
  ASSERT_EQ(done, 1);
  EXPECT_FALSE(results.at(0).requeued());
  EXPECT_TRUE(results.at(1).requeued());
  EXPECT_TRUE(there(silent));
  caf::anon_send_exit(crm->actor, caf::exit_reason::kill);
  run();
  deal_with({silent});
  ASSERT_EQ(done, 1);
  EXPECT_FALSE(results.at(0).requeued());
}

TEST_F(DeadLetterActor, AnEventTakesTheWayInAgainAndItsLetterGoesWhenItIsThere) {
  route_of("T").on_append = decided(model::effect::accepted);
  route_of("U").on_append = decided(model::effect::duplicate);
  const auto accepted = at_intake(1, support::plain_event("T", "k"));
  deal_with({accepted});
  EXPECT_TRUE(results.at(0).requeued());
  EXPECT_FALSE(there(accepted));
  ASSERT_EQ(route_of("T").appended.size(), 1u);
  v1::CanonicalEvent event;
  ASSERT_TRUE(event.ParseFromString(route_of("T").appended[0].entries.at(0).event));
  EXPECT_EQ(event.idempotency_key(), "k");
  route_of("U").on_append = decided(model::effect::duplicate);
  const auto known = at_intake(2, support::plain_event("U", "k"));
  deal_with({known});
  EXPECT_TRUE(results.at(0).requeued());
  EXPECT_FALSE(there(known));
}

TEST_F(DeadLetterActor, AConflictThatIsStillOneGivesItsPlaceToTheNewLetter) {
  route_of("T").on_append = decided(model::effect::conflict);
  const auto id = at_intake(1, support::plain_event("T", "k"));
  deal_with({id});
  EXPECT_FALSE(results.at(0).requeued());
  EXPECT_FALSE(there(id));
}

TEST_F(DeadLetterActor, APayloadIsMappedAgainAndItsLetterGoesWhenAllItsEventsAreThere) {
  for (const auto* ticket : {"T", "U", "V"})
    route_of(ticket).on_append = decided(model::effect::accepted);
  for (const auto* ticket : {"T", "U", "V"})
    reader->answer.events.push_back(support::plain_event(ticket, "k").SerializeAsString());
  const auto id = at_source("desk");
  deal_with({id});
  ASSERT_EQ(results.size(), 1u);
  EXPECT_TRUE(results[0].requeued()) << results[0].message();
  EXPECT_FALSE(there(id));
  EXPECT_EQ(reader->seen.body, "raw bytes");
  EXPECT_EQ(ports::header_value(reader->seen, "content-type"), "application/json");
  std::size_t entries = 0;
  for (const auto& route : routes)
    for (const auto& request : route->appended)
      entries += request.entries.size();
  EXPECT_EQ(entries, 3u);
}

TEST_F(DeadLetterActor, APayloadOfWhichOneEventIsRefusedStaysAsAWhole) {
  reader->answer.events = {support::plain_event("T", "k").SerializeAsString(),
                           support::plain_event("", "k").SerializeAsString()};
  const auto id = at_source("desk");
  deal_with({id});
  EXPECT_FALSE(results.at(0).requeued());
  EXPECT_TRUE(there(id));
  for (const auto& route : routes)
    EXPECT_TRUE(route->appended.empty());
}

TEST_F(DeadLetterActor, APayloadThatIsRefusedAgainOrLeftOutOrHasNoSourceIsSaid) {
  reader->answer.refused.push_back({v1::BAD_MAPPING, "status", "status is an object", ""});
  const auto id = at_source("desk");
  deal_with({id});
  EXPECT_FALSE(results.at(0).requeued());
  EXPECT_EQ(results[0].message(), "refused again: status is an object");
  EXPECT_TRUE(there(id));
  reader->answer = {{}, {"a ping"}, {}};
  deal_with({id});
  EXPECT_TRUE(results.at(0).requeued());
  EXPECT_EQ(results[0].message(), "left out: a ping");
  EXPECT_FALSE(there(id));
  const auto orphan = at_source("gone");
  deal_with({orphan});
  EXPECT_FALSE(results.at(0).requeued());
  EXPECT_TRUE(there(orphan));
}

TEST_F(DeadLetterActor, WhatIsRefusedAgainStays) {
  const auto id = at_intake(1, support::plain_event("", "k"));
  deal_with({id});
  EXPECT_FALSE(results.at(0).requeued());
  EXPECT_NE(results[0].message().find("refused again"), std::string::npos);
  EXPECT_TRUE(there(id));
}

TEST_F(DeadLetterActor, AnEventThatCouldNotBeCommittedKeepsItsLetter) {
  auto& route = route_of("T");
  route.on_append = append_answer{{false, {base::error_code::resource_exhausted, "full"}}, {}};
  const auto id = at_intake(1, support::plain_event("T", "k"));
  deal_with({id});
  EXPECT_EQ(results.at(0).message(), "full");
  EXPECT_TRUE(there(id));
  route.on_append.reset();
  deal_with({id});
  pass(std::chrono::seconds{31});
  EXPECT_FALSE(results.at(0).requeued());
  EXPECT_TRUE(there(id));
}

TEST_F(DeadLetterActor, DiscardsAtTheSinkAndAtTheIntake) {
  const auto delivery = at_sink("crm", 3);
  const auto orphan = at_sink("gone", 4);
  const auto intake = at_intake(1, support::plain_event("", "k"));
  deal_with({delivery, orphan, intake}, letter_action::discard);
  ASSERT_EQ(results.size(), 3u);
  for (const auto& r : results)
    EXPECT_TRUE(r.requeued()) << r.message();
  EXPECT_EQ(crm->discarded.size(), 1u);
  EXPECT_FALSE(there(orphan));
  EXPECT_FALSE(there(intake));
  EXPECT_TRUE(route_of("T").appended.empty());
}

TEST_F(DeadLetterActor, WhatHasNoSinkAnyMoreOrIsNotThereIsSaid) {
  const auto orphan = at_sink("gone", 4);
  deal_with({orphan, "ingest-nothing"});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_FALSE(results[0].requeued());
  EXPECT_NE(results[0].message().find("'gone'"), std::string::npos);
  EXPECT_FALSE(results[1].requeued());
  EXPECT_TRUE(there(orphan));
}

TEST_F(DeadLetterActor, ALetterThatCouldNotBeErasedIsNotCalledGoneAndTheFailureIsTold) {
  const auto id = at_intake(1, support::plain_event("", "k"));
  store.fail_writes(base::error_code::resource_exhausted);
  deal_with({id}, letter_action::discard);
  EXPECT_FALSE(results.at(0).requeued());
  EXPECT_TRUE(there(id));
  EXPECT_EQ(failures, 1);
}

} // namespace
} // namespace cxstream::actors
