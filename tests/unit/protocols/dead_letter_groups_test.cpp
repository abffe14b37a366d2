#include "protocols/dead_letters.hpp"
#include "protocols/letter_edit.hpp"

#include "model/revision.hpp"
#include "support/event_maker.hpp"
#include "support/memory_store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace cxstream::protocols {
namespace {

v1::DeadLetter delivery_letter(const std::string& id, const std::string& reason, const std::string& message,
                               std::int64_t dead_at_s = 0) {
  v1::DeadLetter l;
  l.set_id(id);
  l.set_stage(v1::DELIVERY);
  l.set_sink("crm");
  l.set_reason(reason);
  l.set_message(message);
  l.mutable_dead_at()->set_seconds(dead_at_s);
  return l;
}

TEST(DeadLetterCause, LeavesOutWhatDiffersFromLetterToLetter) {
  EXPECT_EQ(cause_of("no such field 'region_7' on Account 0015A00002"), "no such field … on Account #");
  EXPECT_EQ(cause_of("row 17 of 200: duplicate value"), cause_of("row 3 of 45: duplicate value"));
  EXPECT_EQ(cause_of("ticket T-1042 is locked"), cause_of("ticket T-7 is locked"));
  EXPECT_EQ(cause_of("POST https://api.example.com/v1/tickets/17?x=2 failed"), "POST https://api.example.com/… failed");
}

TEST(DeadLetterCause, KeepsWhatTellsOneCauseFromAnother) {
  EXPECT_NE(cause_of("HTTP 404 Not Found"), cause_of("HTTP 422 Unprocessable"));
  EXPECT_EQ(cause_of("HTTP 404 Not Found"), "HTTP 404 Not Found");
  EXPECT_EQ(cause_of("it doesn't fit"), "it doesn't fit");
  EXPECT_EQ(cause_of(""), "");
  EXPECT_LE(cause_of(std::string(10'000, 'x')).size(), 200u);
}

TEST(DeadLetterClass, FollowsFromStageAndReason) {
  EXPECT_EQ(class_of(delivery_letter("1", "permanent", "")), v1::REFUSED_BY_TARGET);
  EXPECT_EQ(class_of(delivery_letter("1", "budget_spent", "")), v1::ATTEMPTS_SPENT);
  EXPECT_EQ(class_of(delivery_letter("1", "unfit", "")), v1::CONTRACT);
  EXPECT_EQ(class_of(delivery_letter("1", "unreadable", "")), v1::PIPELINE_FAULT);
  v1::DeadLetter refused;
  refused.set_stage(v1::SOURCE);
  refused.set_reject_reason(v1::BAD_MAPPING);
  EXPECT_EQ(class_of(refused), v1::PIPELINE_FAULT);
  refused.set_reject_reason(v1::BAD_SIGNATURE);
  EXPECT_EQ(class_of(refused), v1::CONTRACT);
}

class DeadLetterGroups : public testing::Test {
protected:
  void keep(const v1::DeadLetter& l) {
    ports::write_batch batch;
    batch.put(ports::family::dead_letters, l.id(), l.SerializeAsString());
    ASSERT_TRUE(store.write(batch, ports::durability::synced));
  }

  support::memory_store store;
};

TEST_F(DeadLetterGroups, CountsLettersOfOneCauseAndNamesTheFirstTheLastAndAnExample) {
  keep(delivery_letter("a", "permanent", "no field 'x'", 100));
  keep(delivery_letter("b", "permanent", "no field 'y'", 50));
  keep(delivery_letter("c", "budget_spent", "HTTP 503", 10));
  const auto groups = group_letters(store, {});
  ASSERT_TRUE(groups);
  ASSERT_EQ(groups->groups_size(), 2);
  const auto& first = groups->groups(0);
  EXPECT_EQ(first.count(), 2u);
  EXPECT_EQ(first.cause(), "no field …");
  EXPECT_EQ(first.first_at().seconds(), 50);
  EXPECT_EQ(first.last_at().seconds(), 100);
  EXPECT_EQ(first.example_id(), "a");
  EXPECT_EQ(groups->groups(1).cause_class(), v1::ATTEMPTS_SPENT);
}

TEST_F(DeadLetterGroups, AGroupsCauseSelectsItsLettersAgain) {
  keep(delivery_letter("a", "permanent", "no field 'x'"));
  keep(delivery_letter("b", "permanent", "no such record"));
  v1::DeadLetterSelector selector;
  selector.set_cause("no field …");
  const auto page = read_letters(store, selector, "", 10, false);
  ASSERT_EQ(page->letters.size(), 1u);
  EXPECT_EQ(page->letters[0].id(), "a");
  EXPECT_EQ(page->letters[0].cause_class(), v1::REFUSED_BY_TARGET);
}

TEST_F(DeadLetterGroups, SelectsByClassAndByTime) {
  keep(delivery_letter("a", "permanent", "x", 10));
  keep(delivery_letter("b", "budget_spent", "x", 20));
  keep(delivery_letter("c", "budget_spent", "x", 30));
  v1::DeadLetterSelector selector;
  selector.set_cause_class(v1::ATTEMPTS_SPENT);
  selector.mutable_until()->set_seconds(30);
  EXPECT_TRUE(selects_something(selector));
  const auto page = read_letters(store, selector, "", 10, false);
  ASSERT_EQ(page->letters.size(), 1u);
  EXPECT_EQ(page->letters[0].id(), "b");
}

// --- editing --------------------------------------------------------------------------------------------------------

class LetterEdit : public testing::Test {
protected:
  LetterEdit() : letter(delivery_letter("a", "permanent", "no such account")) {
    event.mutable_pipeline()->set_offset(7);
    event.mutable_pipeline()->set_ticket_sequence(3);
    letter.set_payload(event.SerializeAsString());
  }
  v1::CanonicalEvent content() const {
    v1::CanonicalEvent e;
    e.ParseFromString(letter.payload());
    return e;
  }

  v1::CanonicalEvent event = support::plain_event("T", "k");
  v1::DeadLetter letter;
};

TEST_F(LetterEdit, ReplacesFieldsAndKeepsThePlace) {
  auto edited = event;
  edited.set_account_id("A-17");
  edited.mutable_pipeline()->set_offset(99);
  ASSERT_TRUE(edit_delivery(letter, edited.SerializeAsString()));
  EXPECT_TRUE(letter.edited());
  EXPECT_EQ(content().account_id(), "A-17");
  EXPECT_EQ(content().pipeline().offset(), 7u);
}

TEST_F(LetterEdit, RefusesToMoveAnEventInItsTicketsHistory) {
  for (const auto& change : std::vector<std::function<void(v1::CanonicalEvent&)>>{
           [](auto& e) { e.set_ticket_id("U"); }, [](auto& e) { e.set_idempotency_key("other"); },
           [](auto& e) { e.set_version(9); }, [](auto& e) { e.mutable_occurred_at()->set_seconds(1); }}) {
    auto edited = event;
    change(edited);
    const auto refused = edit_delivery(letter, edited.SerializeAsString());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.err().code, base::error_code::invalid_argument);
  }
  EXPECT_FALSE(letter.edited());
}

TEST_F(LetterEdit, RefusesWhatIsNoEventAndALetterWithoutOne) {
  EXPECT_FALSE(edit_delivery(letter, "\xff\xff"));
  letter.clear_payload();
  const auto refused = edit_delivery(letter, event.SerializeAsString());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.err().code, base::error_code::failed_precondition);
}

} // namespace
} // namespace cxstream::protocols
