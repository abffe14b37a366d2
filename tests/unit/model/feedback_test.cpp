#include "model/feedback.hpp"

#include "model/feedback_tally.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::model {
namespace {

const base::timestamp noon = base::from_us(1'767'355'200'000'000);

v1::CanonicalEvent flag(const std::string& sink, const std::string& ticket, std::uint64_t sequence) {
  return false_positive(sink, ticket, base::ticket_sequence{sequence}, noon);
}

v1::CanonicalEvent event(const std::string& ticket, const std::string& tag = "",
                         const std::string& type = "ticket.updated") {
  v1::CanonicalEvent out;
  out.set_ticket_id(ticket);
  out.set_event_type(type);
  if (!tag.empty()) {
    out.set_canonical_tag(tag);
    out.set_driver("driver of " + tag);
  }
  return out;
}

TEST(Feedback, IsTheSameEventEveryTimeAndSaysNothingAboutTheTicketsFields) {
  const auto one = flag("crm-1.x", "T1", 12);
  EXPECT_EQ(one.SerializeAsString(), flag("crm-1.x", "T1", 12).SerializeAsString());
  EXPECT_NE(one.idempotency_key(), flag("crm-1.x", "T1", 13).idempotency_key());
  EXPECT_NE(one.idempotency_key(), flag("crm-1.y", "T1", 12).idempotency_key());
  EXPECT_FALSE(one.has_canonical_tag() || one.has_driver() || one.has_status() || one.raw_tags_size() > 0);
  EXPECT_EQ(flagged_by(one)->sink, "crm-1.x");
  EXPECT_EQ(flagged_by(one)->sequence.value, 12u);
}

TEST(Feedback, IsNotSeenWhereThereIsNone) {
  EXPECT_FALSE(flagged_by(event("T1")));
  auto odd = flag("crm", "T1", 1);
  for (const auto* id : {"", "feedback.false_positive", "feedback.false_positive/1", "feedback.false_positive//1",
                         "feedback.false_positive/crm/x", "feedback.false_positive/crm/"}) {
    odd.set_event_id(id);
    EXPECT_FALSE(flagged_by(odd)) << id;
  }
}

TEST(FeedbackTally, CountsByTheTagThatTheTicketHadBesideWhatTheSinkWanted) {
  v1::Filter refunds;
  refunds.add_canonical_tags("refund");
  feedback_tally tally({{"pager", *compile_filter(refunds)}, {"slack", compiled_filter()}});
  for (int i = 0; i < 8; ++i)
    tally.add(event("T" + std::to_string(i), "refund"));
  tally.add(event("T1")); // says nothing about the tag
  tally.add(flag("pager", "T1", 1));
  tally.add(flag("pager", "T2", 1));
  tally.add(event("T1", "login"));
  tally.add(flag("slack", "T1", 3));
  tally.add(flag("gone", "T9", 1));
  EXPECT_EQ(tally.flagged(), 4u);
  std::vector<std::string> rows;
  for (const auto& r : tally.rows())
    rows.push_back(r.canonical_tag + "/" + r.driver + "/" + r.sink + " " + std::to_string(r.flagged) + " of " +
                   std::to_string(r.wanted));
  EXPECT_THAT(rows, testing::ElementsAre("refund/driver of refund/pager 2 of 8", "//gone 1 of 0",
                                         "login/driver of login/slack 1 of 1"));
}

} // namespace
} // namespace cxstream::model
