#include "client/publish_window.hpp"

#include "cxstream/v1/ingest.pb.h"

#include "gtest/gtest.h"

#include <random>
#include <set>

namespace cxstream::client {
namespace {

event_batch batch(std::uint64_t id, std::uint32_t events) {
  return {id, events, {}, {}};
}

TEST(PublishWindow, HasRoomForWhatIsNotUnanswered) {
  publish_window window(1'000);
  EXPECT_EQ(window.room(), 1'000u);
  window.add(batch(1, 600));
  EXPECT_EQ(window.room(), 400u);
  window.add(batch(2, 400));
  EXPECT_EQ(window.room(), 0u);
  ASSERT_TRUE(window.answered(1));
  EXPECT_EQ(window.room(), 600u);
}

TEST(PublishWindow, FollowsTheNodesCreditButNeverBeyondItsOwnLimit) {
  publish_window window(1'000);
  window.grant(100);
  EXPECT_EQ(window.room(), 100u);
  window.grant(5'000);
  EXPECT_EQ(window.room(), 1'000u);
  window.grant(0);
  EXPECT_EQ(window.room(), 1'000u) << "an answer that grants nothing says nothing";
}

TEST(PublishWindow, SendsUnansweredBatchesAgainInOrderBeforeNewOnes) {
  publish_window window(1'000);
  for (std::uint64_t id = 1; id <= 4; ++id)
    window.add(batch(id, 10));
  ASSERT_TRUE(window.answered(2));
  window.lost();
  EXPECT_EQ(window.room(), 0u);
  EXPECT_EQ(window.resend()->id, 1u);
  ASSERT_TRUE(window.answered(3)) << "an answer that was still on its way";
  EXPECT_EQ(window.resend()->id, 4u);
  EXPECT_EQ(window.resend(), nullptr);
  EXPECT_EQ(window.room(), 980u);
}

TEST(PublishWindow, IgnoresAnswersItDoesNotWaitFor) {
  publish_window window(1'000);
  window.add(batch(1, 10));
  EXPECT_FALSE(window.answered(7));
  EXPECT_TRUE(window.answered(1));
  EXPECT_FALSE(window.answered(1));
  EXPECT_TRUE(window.empty());
}

// Batches, answers and lost connections in any order: each batch is answered once, the limit holds.
TEST(PublishWindow, KeepsItsInvariantsUnderRandomFaults) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    publish_window window(100);
    std::uint64_t next_id = 1;
    std::vector<std::uint64_t> at_node;
    std::set<std::uint64_t> answered;
    int losses = 0;
    while (answered.size() < 100) {
      const auto dice = random() % 10;
      if (dice == 0) {
        window.lost();
        at_node.clear();
        ++losses;
      } else if (dice < 6 && next_id <= 100 && window.room() > 0) {
        const auto events = 1 + random() % std::min(window.room(), 30u);
        at_node.push_back(window.add(batch(next_id++, static_cast<std::uint32_t>(events))).id);
      } else if (const auto* again = window.resend()) {
        at_node.push_back(again->id);
      } else if (!at_node.empty()) {
        const auto place = at_node.begin() + static_cast<std::ptrdiff_t>(random() % at_node.size());
        if (window.answered(*place)) {
          EXPECT_TRUE(answered.insert(*place).second);
        }
        at_node.erase(place);
      }
    }
    EXPECT_TRUE(window.empty());
    EXPECT_EQ(window.room(), 100u);
    EXPECT_GT(losses, 0);
  }
}

TEST(BatchBuilder, MakesTheBytesOfAPublishRequest) {
  batch_builder builder;
  v1::CanonicalEvent event;
  event.set_ticket_id("T-1");
  builder.add(event.SerializeAsString());
  event.set_ticket_id(std::string(300, 'x'));
  builder.add(event.SerializeAsString());
  EXPECT_EQ(builder.events(), 2u);
  const auto made = builder.finish(77, {});
  v1::PublishRequest request;
  ASSERT_TRUE(request.ParseFromArray(made.bytes.begin(), static_cast<int>(made.bytes.size())));
  EXPECT_EQ(request.batch_id(), 77u);
  ASSERT_EQ(request.events_size(), 2);
  EXPECT_EQ(request.events(0).ticket_id(), "T-1");
  EXPECT_EQ(request.events(1).ticket_id().size(), 300u);
  EXPECT_EQ(builder.events(), 0u);
  EXPECT_EQ(builder.size_bytes(), 0u);
}

} // namespace
} // namespace cxstream::client
