#include "protocols/consumer_window.hpp"

#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using ports::delivery_result;

ports::delivery event(std::uint16_t partition, std::uint64_t offset, const std::string& ticket = "T") {
  ports::delivery d;
  d.partition = base::partition_id{partition};
  d.offset = base::log_offset{offset};
  d.ticket_id = ticket;
  return d;
}

void offer(consumer_window& w, std::uint64_t call, std::vector<ports::delivery> events) {
  w.offer(call, std::make_shared<const std::vector<ports::delivery>>(std::move(events)));
}

std::vector<std::uint64_t> take(consumer_window& w) {
  std::vector<std::uint64_t> offsets;
  for (const auto* e : w.take())
    offsets.push_back(e->offset.value);
  return offsets;
}

std::vector<consumer_window::answer> ack(consumer_window& w, std::uint16_t partition, std::uint64_t offset) {
  return w.acknowledge(base::partition_id{partition}, base::log_offset{offset});
}

std::vector<consumer_window::answer> refuse(consumer_window& w, std::uint64_t offset, bool permanent = false) {
  return w.refuse(base::partition_id{1}, base::log_offset{offset}, permanent, "no");
}

using offsets = std::vector<std::uint64_t>;

TEST(ConsumerWindow, SendsNothingWithoutAConsumer) {
  consumer_window w;
  offer(w, 1, {event(1, 10)});
  EXPECT_TRUE(take(w).empty());
  w.connect(5);
  EXPECT_EQ(take(w), offsets{10});
  EXPECT_TRUE(take(w).empty());
}

TEST(ConsumerWindow, SendsNoMoreThanTheCreditUnlessNothingElseIsOut) {
  consumer_window w;
  w.connect(3);
  offer(w, 1, {event(1, 10), event(1, 11)});
  offer(w, 2, {event(1, 12), event(1, 13)});
  offer(w, 3, {event(1, 14), event(1, 15), event(1, 16), event(1, 17), event(1, 18)});
  EXPECT_EQ(take(w), (offsets{10, 11}));
  ack(w, 1, 10);
  EXPECT_EQ(take(w), (offsets{12, 13})); // one out and two more
  EXPECT_EQ(w.unsettled(), 3u);
  ack(w, 1, 12);
  EXPECT_TRUE(take(w).empty());
  ack(w, 1, 13);
  EXPECT_EQ(take(w), (offsets{14, 15, 16, 17, 18})); // a call is never cut: one may exceed the credit
}

TEST(ConsumerWindow, AnAcknowledgementCoversWhatWasSentBeforeItInItsPartition) {
  consumer_window w;
  w.connect(10);
  offer(w, 1, {event(1, 10), event(2, 5)});
  offer(w, 2, {event(1, 7, "requeued"), event(1, 12)}); // an older place sent later: the order of sending counts
  take(w);
  EXPECT_TRUE(ack(w, 1, 10).empty());
  EXPECT_EQ(w.unsettled(), 3u);
  const auto first = ack(w, 2, 5);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].call, 1u);
  const auto second = ack(w, 1, 12);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].call, 2u);
  ASSERT_EQ(second[0].outcomes.size(), 2u);
  EXPECT_EQ(second[0].outcomes[0].result, delivery_result::delivered);
  EXPECT_EQ(w.unsettled(), 0u);
}

TEST(ConsumerWindow, AnAcknowledgementOfAnOlderPlaceDoesNotCoverNewerOnes) {
  consumer_window w;
  w.connect(10);
  offer(w, 1, {event(1, 10), event(1, 7), event(1, 12)});
  take(w);
  ack(w, 1, 7);
  EXPECT_EQ(w.unsettled(), 1u);
}

TEST(ConsumerWindow, UnknownPlacesAreIgnored) {
  consumer_window w;
  w.connect(10);
  offer(w, 1, {event(1, 10)});
  take(w);
  EXPECT_TRUE(ack(w, 1, 11).empty());
  EXPECT_TRUE(ack(w, 9, 10).empty());
  EXPECT_TRUE(refuse(w, 11).empty());
  EXPECT_EQ(w.unsettled(), 1u);
  EXPECT_EQ(ack(w, 1, 10).size(), 1u);
  EXPECT_TRUE(ack(w, 1, 10).empty());
}

TEST(ConsumerWindow, ARefusedEventHoldsBackLaterOnesOfItsTicketInTheCall) {
  consumer_window w;
  w.connect(10);
  offer(w, 1, {event(1, 10, "A"), event(1, 11, "B"), event(1, 12, "A"), event(1, 13, "B")});
  take(w);
  EXPECT_TRUE(refuse(w, 10).empty());
  const auto answers = ack(w, 1, 13);
  ASSERT_EQ(answers.size(), 1u);
  const auto& o = answers[0].outcomes;
  EXPECT_EQ(o[0].result, delivery_result::transient);
  EXPECT_EQ(o[0].reason, "no");
  EXPECT_EQ(o[1].result, delivery_result::delivered);
  EXPECT_EQ(o[2].result, delivery_result::skipped);
  EXPECT_EQ(o[3].result, delivery_result::delivered);
}

TEST(ConsumerWindow, AnEventRefusedForGoodIsPermanent) {
  consumer_window w;
  w.connect(10);
  offer(w, 1, {event(1, 10)});
  take(w);
  const auto answers = refuse(w, 10, true);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].outcomes[0].result, delivery_result::permanent);
}

TEST(ConsumerWindow, WhatWasNotSettledGoesToTheNextConsumerInOrder) {
  consumer_window w;
  w.connect(10);
  offer(w, 1, {event(1, 10, "A"), event(1, 11, "B")});
  offer(w, 2, {event(1, 12, "C")});
  take(w);
  ack(w, 1, 10);
  w.disconnect();
  EXPECT_EQ(w.unsettled(), 0u);
  EXPECT_TRUE(ack(w, 1, 11).empty()); // a word that comes too late
  offer(w, 3, {event(1, 13, "D")});
  w.connect(10);
  EXPECT_EQ(take(w), (offsets{11, 12, 13}));
  EXPECT_EQ(w.unsettled(), 3u);
  EXPECT_EQ(ack(w, 1, 13).size(), 3u);
}

} // namespace
} // namespace cxstream::protocols
