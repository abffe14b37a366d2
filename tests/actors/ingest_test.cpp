#include "actors/ingest/ingest.hpp"

#include "actors/stage.hpp"
#include "model/content_hash.hpp"
#include "ports/keys.hpp"
#include "support/event_maker.hpp"

#include <caf/typed_response_promise.hpp>

#include <algorithm>

namespace cxstream::actors {
namespace {

using support::plain_event;

constexpr std::uint16_t partition_count = 4;

struct heard final : ports::ingest_listener {
  std::vector<v1::PublishResponse> answers;
  std::vector<base::error> failures;

  void on_answer(v1::PublishResponse answer) override {
    answers.push_back(std::move(answer));
  }
  void on_failed(base::error why) override {
    failures.push_back(std::move(why));
  }
};

// What partitions and the log writer do with what ingest asks of them.
struct behind_double {
  std::vector<std::pair<std::uint16_t, append_events>> appends;
  std::vector<v1::DeadLetter> letters;
  std::function<append_answer(std::uint16_t, const append_events&)> answer;
  verdict kept;
  bool silent = false;
};

append_answer accept_all(std::uint16_t partition, const append_events& request) {
  append_answer out;
  for (std::size_t i = 0; i < request.entries.size(); ++i)
    out.outcomes.push_back(
        {model::effect::accepted, base::ticket_sequence{i + 1}, base::log_offset{partition * 100 + i}, false});
  return out;
}

class Ingest : public stage {
protected:
  Ingest() {
    behind->answer = accept_all;
    for (std::uint16_t i = 0; i < partition_count; ++i)
      routes.push_back(on_stage(partition_double(i)));
    const auto b = behind;
    writer = on_stage(system.spawn([b]() -> log_writer_actor::behavior_type {
      return {[](log_append&) {},
              [b](keep_dead_letters& request) {
                for (const auto& bytes : request.letters)
                  b->letters.emplace_back().ParseFromString(bytes);
                return b->kept;
              },
              [](commit_atom) {}, [](mend_atom) {}, [](stop_atom) { return verdict{}; }};
    }));
    auto rules = std::make_shared<intake_rules>();
    rules->partitions = partition_count;
    rules->taxonomy = std::make_shared<model::taxonomy>();
    begin(rules, {});
  }
  void begin(const std::shared_ptr<intake_rules>& rules, std::vector<std::string> sources) {
    ingest_config config{clock, metrics, writer, routes, [rules] { return rules; }, listener};
    config.sources = std::move(sources);
    actor = on_stage(system.spawn(ingest, std::move(config)));
    rules_in_force = rules;
  }
  partition_actor partition_double(std::uint16_t i) {
    return system.spawn([b = behind, i](partition_actor::pointer self) -> partition_actor::behavior_type {
      return {[](log_appended&) {},
              [](const store_mended&) {},
              [b, i, self](append_events& request) -> caf::result<append_answer> {
                b->appends.emplace_back(i, request);
                if (b->silent)
                  return self->make_response_promise<append_answer>();
                return b->answer(i, request);
              },
              [](const history_demand&) {},
              [](const ask_ticket&) { return bytes_answer{}; },
              [](const ask_tickets&) { return states_answer{}; },
              [](const ask_ticket_offsets&) { return offsets_answer{}; },
              [](const ask_totals&) { return bytes_answer{}; },
              [](tick_atom) {},
              [](stop_atom) { return verdict{}; }};
    });
  }
  void submit(std::uint64_t batch_id, std::vector<std::string> events, bool envelope_broken = false) {
    caf::anon_send(actor, submit_batch{batch_id, std::move(events), envelope_broken, {}});
    run();
  }
  static std::string ticket(int i) {
    return "ticket " + std::to_string(i);
  }
  // `n` events of `n` tickets.
  static std::vector<std::string> good(int n) {
    std::vector<std::string> out;
    for (int i = 0; i < n; ++i)
      out.push_back(plain_event(ticket(i), "k").SerializeAsString());
    return out;
  }

  ports::no_metrics metrics;
  std::shared_ptr<behind_double> behind = std::make_shared<behind_double>();
  std::shared_ptr<heard> listener = std::make_shared<heard>();
  std::vector<partition_actor> routes;
  log_writer_actor writer;
  ingest_actor actor;
  std::shared_ptr<intake_rules> rules_in_force;
};

TEST_F(Ingest, ABatchOverAllPartitionsIsAnsweredOnceInTheOrderOfItsEvents) {
  submit(7, good(20));
  EXPECT_EQ(behind->appends.size(), partition_count);
  ASSERT_EQ(listener->answers.size(), 1u);
  const auto& answer = listener->answers[0];
  EXPECT_EQ(answer.batch_id(), 7u);
  EXPECT_EQ(answer.credit_events(), 32'768u);
  ASSERT_EQ(answer.results_size(), 20);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(answer.results(i).outcome(), v1::ACCEPTED);
    EXPECT_EQ(answer.results(i).partition(), model::partition_of(ticket(i), partition_count).value);
    EXPECT_EQ(answer.results(i).offset() / 100, answer.results(i).partition());
  }
}

TEST_F(Ingest, EventsOfATicketReachItsPartitionInTheOrderTheyCame) {
  submit(1, {plain_event("A", "1").SerializeAsString(), plain_event("A", "2").SerializeAsString()});
  submit(2, {plain_event("A", "3").SerializeAsString()});
  std::vector<std::string> keys;
  for (const auto& [partition, request] : behind->appends)
    for (const auto& entry : request.entries) {
      v1::CanonicalEvent event;
      ASSERT_TRUE(event.ParseFromString(entry.event));
      keys.push_back(event.idempotency_key());
      EXPECT_EQ(model::to_us(event.pipeline().received_at()), base::to_us(clock.now()));
    }
  EXPECT_EQ(keys, (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(Ingest, BatchesThatWaitTogetherGoToAPartitionInOneMessageAndAreAnsweredEachByItself) {
  for (std::uint64_t batch = 1; batch <= 3; ++batch)
    caf::anon_send(actor,
                   submit_batch{batch, {plain_event("A", std::to_string(batch)).SerializeAsString()}, false, {}});
  run();
  ASSERT_EQ(behind->appends.size(), 1u);
  EXPECT_EQ(behind->appends[0].second.entries.size(), 3u);
  ASSERT_EQ(listener->answers.size(), 3u);
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(listener->answers[i].batch_id(), i + 1);
    ASSERT_EQ(listener->answers[i].results_size(), 1);
    EXPECT_EQ(listener->answers[i].results(0).ticket_sequence(), i + 1);
  }
}

TEST_F(Ingest, SoManyEventsDoNotWaitForMore) {
  std::vector<std::string> half;
  for (int i = 0; i < 1'500; ++i)
    half.push_back(plain_event("A", std::to_string(i)).SerializeAsString());
  for (std::uint64_t batch = 1; batch <= 3; ++batch)
    caf::anon_send(actor, submit_batch{batch, half, false, {}});
  run();
  ASSERT_EQ(behind->appends.size(), 2u);
  EXPECT_EQ(behind->appends[0].second.entries.size(), 3'000u);
  EXPECT_EQ(behind->appends[1].second.entries.size(), 1'500u);
  EXPECT_EQ(listener->answers.size(), 3u);
}

TEST_F(Ingest, WhatIsRefusedIsADeadLetterUnderTheIdThatIsAnswered) {
  auto nameless = plain_event("", "k");
  auto batch = good(1);
  batch.push_back(nameless.SerializeAsString());
  batch.emplace_back("\xff no protobuf");
  auto broken_text = plain_event("T", "k").SerializeAsString();
  broken_text += std::string("\x22\x02\xc3\x28", 4); // ticket_id again, in broken UTF-8
  batch.push_back(broken_text);
  submit(1, batch);
  ASSERT_EQ(listener->answers.size(), 1u);
  const auto& results = listener->answers[0].results();
  EXPECT_EQ(results[0].outcome(), v1::ACCEPTED);
  ASSERT_EQ(behind->letters.size(), 3u);
  const v1::RejectReason reasons[] = {v1::MISSING_FIELD, v1::MALFORMED, v1::INVALID_UTF8};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(results[i + 1].outcome(), v1::REJECTED);
    EXPECT_EQ(results[i + 1].reason(), reasons[i]);
    const auto& letter = behind->letters[static_cast<std::size_t>(i)];
    EXPECT_EQ(results[i + 1].dead_letter_id(), letter.id());
    EXPECT_EQ(letter.payload(), batch[static_cast<std::size_t>(i) + 1]);
    EXPECT_EQ(letter.stage(), v1::INGEST);
  }
  EXPECT_EQ(results[1].field_path(), "ticket_id");
}

TEST_F(Ingest, ABrokenEnvelopeIsOneDeadLetterAndOneAnswer) {
  submit(0, {"\xff\xff"}, true);
  ASSERT_EQ(listener->answers.size(), 1u);
  EXPECT_EQ(listener->answers[0].results(0).reason(), v1::MALFORMED);
  EXPECT_EQ(behind->letters.at(0).payload(), "\xff\xff");
}

TEST_F(Ingest, AnEmptyBatchIsAnswered) {
  submit(3, {});
  ASSERT_EQ(listener->answers.size(), 1u);
  EXPECT_EQ(listener->answers[0].batch_id(), 3u);
}

TEST_F(Ingest, DuplicatesAndConflictsAreAnsweredWithWhatTheyMetAndWhereTheyWent) {
  behind->answer = [](std::uint16_t, const append_events&) {
    return append_answer{{},
                         {{model::effect::duplicate, base::ticket_sequence{4}, base::log_offset{9}, false},
                          {model::effect::conflict, base::ticket_sequence{4}, base::log_offset{10}, false}}};
  };
  submit(1, {plain_event("A", "1").SerializeAsString(), plain_event("A", "2").SerializeAsString()});
  const auto& results = listener->answers.at(0).results();
  EXPECT_EQ(results[0].outcome(), v1::DUPLICATE);
  EXPECT_EQ(results[0].ticket_sequence(), 4u);
  EXPECT_EQ(results[1].outcome(), v1::CONFLICT);
  EXPECT_EQ(results[1].reason(), v1::KEY_CONFLICT);
  EXPECT_EQ(results[1].dead_letter_id(),
            ports::keys::dead_conflict(model::partition_of("A", partition_count), base::log_offset{10}));
}

TEST_F(Ingest, AFailedAppendFailsTheStreamAndAcknowledgesNothingOfTheBatch) {
  behind->answer = [](std::uint16_t i, const append_events& request) {
    return i == 2 ? append_answer{{false, {base::error_code::resource_exhausted, "full"}}, {}} : accept_all(i, request);
  };
  submit(1, good(20));
  EXPECT_TRUE(listener->answers.empty());
  ASSERT_EQ(listener->failures.size(), 1u);
  EXPECT_EQ(listener->failures[0].code, base::error_code::resource_exhausted);
  const auto asked = behind->appends.size();
  submit(2, good(20));
  EXPECT_EQ(behind->appends.size(), asked); // the stream is over
  EXPECT_TRUE(listener->answers.empty());
  EXPECT_EQ(listener->failures.size(), 1u);
}

TEST_F(Ingest, ADeadLetterThatCannotBeKeptFailsTheStream) {
  behind->kept = {false, {base::error_code::io, "broken"}};
  submit(1, {"\xff"});
  EXPECT_TRUE(listener->answers.empty());
  ASSERT_EQ(listener->failures.size(), 1u);
  EXPECT_EQ(listener->failures[0].code, base::error_code::io);
}

TEST_F(Ingest, APartitionThatDoesNotAnswerInTimeFailsTheStream) {
  behind->silent = true;
  submit(1, good(1));
  pass(std::chrono::seconds{29});
  EXPECT_TRUE(listener->failures.empty());
  pass(std::chrono::seconds{2});
  ASSERT_EQ(listener->failures.size(), 1u);
  EXPECT_EQ(listener->failures[0].code, base::error_code::unavailable);
}

TEST_F(Ingest, WhatASourceCouldMakeNoEventOfIsADeadLetterBesideItsEvents) {
  v1::DeadLetter broken;
  broken.set_reject_reason(v1::BAD_MAPPING);
  broken.set_field_path("status");
  broken.set_message("status is an object");
  broken.set_source("desk");
  broken.set_payload("raw");
  caf::anon_send(actor, submit_batch{9, good(2), false, {broken.SerializeAsString()}});
  run();
  ASSERT_EQ(listener->answers.size(), 1u);
  const auto& results = listener->answers[0].results();
  ASSERT_EQ(results.size(), 3);
  EXPECT_EQ(results[1].outcome(), v1::ACCEPTED);
  EXPECT_EQ(results[2].outcome(), v1::REJECTED);
  EXPECT_EQ(results[2].reason(), v1::BAD_MAPPING);
  EXPECT_EQ(results[2].field_path(), "status");
  ASSERT_EQ(behind->letters.size(), 1u);
  const auto& kept = behind->letters[0];
  EXPECT_EQ(kept.id(), results[2].dead_letter_id());
  EXPECT_EQ(kept.stage(), v1::SOURCE);
  EXPECT_EQ(kept.reason(), "BAD_MAPPING");
  EXPECT_EQ(kept.source(), "desk");
  EXPECT_EQ(kept.payload(), "raw");
  EXPECT_TRUE(kept.has_dead_at());
}

TEST_F(Ingest, AClientSendsOnlyEventsOfTheSourcesItsKeyIsFor) {
  begin(rules_in_force, {"other", "desk"});
  auto foreign = plain_event("A", "2");
  foreign.set_source_system("finance");
  submit(1, {plain_event("A", "1").SerializeAsString(), foreign.SerializeAsString()});
  ASSERT_EQ(listener->answers.size(), 1u);
  const auto& results = listener->answers[0].results();
  EXPECT_EQ(results[0].outcome(), v1::ACCEPTED) << results[0].message();
  EXPECT_EQ(results[1].outcome(), v1::REJECTED);
  EXPECT_EQ(results[1].reason(), v1::NOT_ALLOWED);
  EXPECT_EQ(results[1].field_path(), "source_system");
}

} // namespace
} // namespace cxstream::actors
