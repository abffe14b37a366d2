#include "actors/target_worker/target_worker.hpp"

#include "actors/doubles.hpp"
#include "actors/stage.hpp"

namespace cxstream::actors {
namespace {

using ports::delivery_result;
using namespace std::chrono_literals;

// A target as the test wants it, and what it was asked; outlives the worker that owns the target.
struct target_notes {
  bool cannot_be_made = false, cannot_open = false, has_no_positions = false;
  std::vector<ports::target_position> positions;
  std::vector<ports::delivery_outcome> outcomes;
  int opened = 0, closed = 0;
  std::vector<std::vector<ports::delivery>> calls;
  std::vector<base::timestamp> times;
};

class noted_target final : public ports::target {
public:
  explicit noted_target(target_notes& notes) : notes_(notes) {
  }
  base::result<void> open() override {
    if (notes_.cannot_open)
      return base::error{base::error_code::unavailable, "cannot be opened"};
    ++notes_.opened;
    return {};
  }
  base::result<std::vector<ports::target_position>> positions() override {
    if (notes_.has_no_positions)
      return base::error{base::error_code::io, "positions cannot be read"};
    return notes_.positions;
  }
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override {
    notes_.calls.emplace_back(events.begin(), events.end());
    notes_.times.push_back(now);
    return notes_.outcomes;
  }
  void close() override {
    ++notes_.closed;
  }

private:
  target_notes& notes_;
};

class TargetWorker : public stage {
protected:
  TargetWorker() {
    on_stage(client->actor);
    target_worker_config config{[this]() -> base::result<std::unique_ptr<ports::target>> {
                                  if (notes.cannot_be_made)
                                    return base::error{base::error_code::invalid_argument, "cannot be made"};
                                  return std::unique_ptr<ports::target>(new noted_target(notes));
                                },
                                clock, 1s, [this](const base::error& why) { failures.push_back(why.message); }};
    worker = on_stage(system.spawn(target_worker, config));
  }
  void open() {
    caf::send_as(client->actor, worker, tick_atom_v);
    run();
  }
  void call(std::uint64_t id, std::initializer_list<std::uint64_t> offsets) {
    std::vector<ports::delivery> events;
    for (const auto offset : offsets)
      events.push_back({base::partition_id{1}, base::log_offset{offset}, {}, "T", "bytes", 1, false});
    caf::send_as(client->actor, worker,
                 target_call{id, std::make_shared<const std::vector<ports::delivery>>(std::move(events))});
    run();
  }

  target_notes notes;
  std::vector<std::string> failures;
  std::shared_ptr<courier_double> client = courier_dummy(system);
  target_worker_actor worker;
};

TEST_F(TargetWorker, OpensItsTargetAndSaysWhereTheTargetIs) {
  notes.positions = {{base::partition_id{3}, base::log_offset{17}}};
  open();
  EXPECT_EQ(notes.opened, 1);
  ASSERT_EQ(client->opened.size(), 1u);
  ASSERT_EQ(client->opened[0].positions.size(), 1u);
  EXPECT_EQ(client->opened[0].positions[0].partition.value, 3u);
  EXPECT_EQ(client->opened[0].positions[0].next_offset.value, 17u);
}

TEST_F(TargetWorker, TriesAgainUntilTheTargetIsOpenAndTellsTheOneWhoAsked) {
  notes.cannot_be_made = true;
  open();
  notes.cannot_be_made = false;
  notes.cannot_open = true;
  pass(1s);
  notes.cannot_open = false;
  notes.has_no_positions = true;
  pass(1s);
  EXPECT_EQ(failures, (std::vector<std::string>{"cannot be made", "cannot be opened", "positions cannot be read"}));
  EXPECT_EQ(notes.closed, 2); // what was half open is closed before it is opened again
  EXPECT_TRUE(client->opened.empty());
  notes.has_no_positions = false;
  pass(999ms);
  EXPECT_TRUE(client->opened.empty());
  pass(1ms);
  EXPECT_EQ(client->opened.size(), 1u);
  pass(10s);
  EXPECT_EQ(client->opened.size(), 1u);
}

TEST_F(TargetWorker, AnswersACallWithTheOutcomesOfItsEventsInOrder) {
  open();
  notes.outcomes = {{delivery_result::delivered, "", std::nullopt}, {delivery_result::throttled, "slowly", 250ms}};
  call(9, {4, 5});
  ASSERT_EQ(notes.calls.size(), 1u);
  EXPECT_EQ(notes.calls[0].at(1).offset.value, 5u);
  EXPECT_EQ(notes.times[0], clock.now());
  ASSERT_EQ(client->answers.size(), 1u);
  const auto& answer = client->answers[0];
  EXPECT_EQ(answer.id, 9u);
  ASSERT_EQ(answer.events.size(), 2u);
  EXPECT_EQ(answer.events[0].result, delivery_result::delivered);
  EXPECT_EQ(answer.events[0].retry_after_ms, -1);
  EXPECT_EQ(answer.events[1].position, 1u);
  EXPECT_EQ(answer.events[1].reason, "slowly");
  EXPECT_EQ(answer.events[1].retry_after_ms, 250);
}

TEST_F(TargetWorker, ACallToATargetThatIsNotOpenIsUnreachable) {
  notes.cannot_open = true;
  open();
  call(1, {0, 1});
  EXPECT_TRUE(notes.calls.empty());
  ASSERT_EQ(client->answers.size(), 1u);
  ASSERT_EQ(client->answers[0].events.size(), 2u);
  EXPECT_EQ(client->answers[0].events[1].result, delivery_result::unreachable);
}

TEST_F(TargetWorker, AnOutcomeThatIsMissingIsNoDelivery) {
  open();
  notes.outcomes = {{}};
  call(1, {0, 1});
  ASSERT_EQ(client->answers.at(0).events.size(), 2u);
  EXPECT_EQ(client->answers[0].events[0].result, delivery_result::delivered);
  EXPECT_EQ(client->answers[0].events[1].result, delivery_result::unreachable);
}

TEST_F(TargetWorker, ClosesItsTargetWhenItEnds) {
  open();
  EXPECT_TRUE((**asks<verdict>(worker, stop_atom_v))->ok);
  EXPECT_GE(notes.closed, 1);
}

TEST_F(TargetWorker, ClosesItsTargetAlsoWhenItIsKilled) {
  open();
  caf::anon_send_exit(worker, caf::exit_reason::kill);
  run();
  EXPECT_EQ(notes.closed, 1);
}

} // namespace
} // namespace cxstream::actors
