#include "model/state_event.hpp"

#include "model/ticket_fold.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace cxstream::model {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class StateEvent : public testing::Test {
protected:
  // Folds an event of the ticket into its state.
  v1::CanonicalEvent happens(std::int64_t second, const std::function<void(v1::CanonicalEvent&)>& say) {
    v1::CanonicalEvent event;
    event.set_ticket_id("T");
    event.set_event_type("ticket.updated");
    event.set_idempotency_key("k" + std::to_string(sequence));
    set_us(*event.mutable_occurred_at(), second * 1'000'000);
    event.set_version(static_cast<std::uint64_t>(second));
    event.mutable_pipeline()->set_ticket_sequence(++sequence);
    event.mutable_pipeline()->set_offset(sequence * 10);
    say(event);
    const auto rev = revision_of(event, base::log_offset{sequence * 10});
    fold_fields(state, event, rev);
    state.set_ticket_sequence(sequence);
    if (rev > from_proto(state.newest())) {
      to_proto(rev, *state.mutable_newest());
      *state.mutable_last_occurred_at() = event.occurred_at();
    } else {
      event.mutable_pipeline()->set_late(true);
    }
    return event;
  }

  v1::TicketState state;
  std::uint64_t sequence = 0;
};

TEST_F(StateEvent, CarriesFieldsThatOnlyOtherEventsOfTheTicketTold) {
  happens(10, [](auto& e) { e.set_account_id("acme"); });
  happens(20, [](auto& e) { e.mutable_sentiment()->set_label("negative"); });
  auto last = happens(30, [](auto& e) { e.set_status("solved"); });
  carry_state(last, state);
  EXPECT_EQ(last.account_id(), "acme");
  EXPECT_EQ(last.sentiment().label(), "negative");
  EXPECT_EQ(last.status(), "solved");
  EXPECT_EQ(last.idempotency_key(), "k2");
}

TEST_F(StateEvent, ALateEventSaysTheNewerValueAndTheNewestRevision) {
  happens(20, [](auto& e) { e.set_status("solved"); });
  auto late = happens(10, [](auto& e) {
    e.set_status("open");
    e.set_channel("chat");
  });
  ASSERT_TRUE(late.pipeline().late());
  carry_state(late, state);
  EXPECT_EQ(late.status(), "solved");
  EXPECT_EQ(late.channel(), "chat");
  EXPECT_EQ(late.occurred_at().seconds(), 20);
  EXPECT_EQ(late.version(), 20u);
  EXPECT_FALSE(late.pipeline().late());
  EXPECT_EQ(late.pipeline().ticket_sequence(), 2u);
  EXPECT_EQ(late.pipeline().offset(), 20u);
}

TEST_F(StateEvent, SaysWhatWasClearedAndLeavesOutWhatWasNeverTold) {
  happens(10, [](auto& e) {
    e.set_priority("high");
    *e.add_raw_tags() = "x";
  });
  auto last = happens(20, [](auto& e) {
    e.mutable_cleared()->add_paths("priority");
    e.mutable_cleared()->add_paths("raw_tags");
  });
  carry_state(last, state);
  EXPECT_FALSE(last.has_priority());
  EXPECT_FALSE(last.has_driver());
  EXPECT_THAT(last.cleared().paths(), UnorderedElementsAre("priority", "raw_tags"));
}

TEST_F(StateEvent, AFieldThatIsSetAgainIsNotCleared) {
  auto first = happens(10, [](auto& e) { e.mutable_cleared()->add_paths("status"); });
  happens(20, [](auto& e) { e.set_status("open"); });
  carry_state(first, state);
  EXPECT_EQ(first.status(), "open");
  EXPECT_EQ(first.cleared().paths_size(), 0);
}

TEST_F(StateEvent, CarriesMetricsEachByItself) {
  happens(10, [](auto& e) {
    (*e.mutable_custom_metrics())["a"] = 1;
    (*e.mutable_custom_metrics())["b"] = 2;
  });
  auto last = happens(20, [](auto& e) {
    (*e.mutable_custom_metrics())["a"] = 3;
    e.mutable_cleared()->add_paths("custom_metrics.b");
  });
  carry_state(last, state);
  EXPECT_EQ(last.custom_metrics().at("a"), 3);
  EXPECT_EQ(last.custom_metrics().size(), 1u);
  EXPECT_THAT(last.cleared().paths(), ElementsAre("custom_metrics.b"));
}

} // namespace
} // namespace cxstream::model
