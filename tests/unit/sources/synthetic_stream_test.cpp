#include "sources/synthetic/synthetic_stream.hpp"

#include "cxstream/v1/event.pb.h"

#include "gtest/gtest.h"

#include <map>
#include <set>

namespace cxstream::sources {
namespace {

constexpr auto start = base::timestamp(std::chrono::seconds(1'700'000'000));

std::vector<std::string> make(const synthetic_plan& plan, std::size_t count) {
  synthetic_stream stream(plan);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i)
    out.emplace_back(stream.next(start + i * std::chrono::milliseconds(10)));
  return out;
}

v1::CanonicalEvent parse(const std::string& bytes) {
  v1::CanonicalEvent event;
  EXPECT_TRUE(event.ParseFromString(bytes));
  return event;
}

TEST(SyntheticStream, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const synthetic_plan plan{.duplicates = 0.1, .disorder = 0.1, .late = 0.1, .bad = 0.1};
  EXPECT_EQ(make(plan, 2'000), make(plan, 2'000));
  auto other = plan;
  other.seed = 2;
  EXPECT_NE(make(plan, 10), make(other, 10));
}

TEST(SyntheticStream, MakesWholeEventsOfAboutTheWantedSize) {
  std::size_t bytes = 0;
  const auto events = make({.event_bytes = 300}, 1'000);
  for (const auto& text : events) {
    const auto event = parse(text);
    EXPECT_TRUE(event.ticket_id().starts_with("SYN1-"));
    EXPECT_EQ(event.source_system(), "synthetic");
    EXPECT_FALSE(event.event_type().empty());
    EXPECT_TRUE(event.has_occurred_at());
    EXPECT_TRUE(event.evidence_url().starts_with("https://desk.example/t/SYN1-"));
    bytes += text.size();
  }
  EXPECT_NEAR(static_cast<double>(bytes) / 1'000, 300, 60);
}

TEST(SyntheticStream, RaisesTimeAndVersionWithinATicketAndNeverRepeatsAKey) {
  std::map<std::string, std::uint64_t> versions;
  std::set<std::string> keys;
  for (const auto& text : make({.tickets = 50}, 2'000)) {
    const auto event = parse(text);
    EXPECT_EQ(event.version(), ++versions[event.ticket_id()]);
    EXPECT_TRUE(keys.insert(event.idempotency_key()).second);
  }
  EXPECT_LE(versions.size(), 50u);
}

TEST(SyntheticStream, MixesInTheWantedSharesOfDuplicatesDisorderLateAndBadEvents) {
  synthetic_stream stream({.tickets = 500, .duplicates = 0.02, .disorder = 0.03, .late = 0.04, .bad = 0.05});
  std::set<std::string> seen;
  std::uint64_t repeats = 0;
  for (int i = 0; i < 50'000; ++i)
    repeats += seen.insert(std::string(stream.next(start))).second ? 0 : 1;
  const auto& counts = stream.counts();
  EXPECT_EQ(counts.events, 50'000u);
  EXPECT_EQ(repeats, counts.duplicates);
  EXPECT_NEAR(static_cast<double>(counts.duplicates), 1'000, 200);
  EXPECT_NEAR(static_cast<double>(counts.disordered), 1'400, 300);
  EXPECT_NEAR(static_cast<double>(counts.late), 1'900, 300);
  EXPECT_NEAR(static_cast<double>(counts.bad), 2'400, 400);
}

TEST(SyntheticStream, SendsASwappedEventRightAfterItsSuccessor) {
  synthetic_stream stream({.tickets = 10, .disorder = 1.0});
  for (int i = 0; i < 100; ++i) {
    const auto newer = parse(std::string(stream.next(start)));
    const auto older = parse(std::string(stream.next(start)));
    EXPECT_EQ(newer.ticket_id(), older.ticket_id());
    EXPECT_EQ(newer.version(), older.version() + 1);
    EXPECT_GT(newer.occurred_at().nanos(), older.occurred_at().nanos());
  }
}

TEST(SyntheticStream, GivesEachTicketToOneOfSeveralStreams) {
  std::set<std::string> tickets[2];
  for (std::uint32_t s = 0; s < 2; ++s) {
    for (const auto& text : make({.tickets = 101, .zipf_s = 0, .stream = s, .streams = 2}, 5'000))
      tickets[s].insert(parse(text).ticket_id());
  }
  EXPECT_EQ(tickets[0].size(), 51u);
  EXPECT_EQ(tickets[1].size(), 50u);
  for (const auto& ticket : tickets[0])
    EXPECT_FALSE(tickets[1].contains(ticket));
}

TEST(Zipf, DrawsInProportionToTheRank) {
  const zipf ranks(1'000, 1.0);
  std::mt19937_64 random(7);
  std::vector<int> hits(1'000);
  for (int i = 0; i < 1'000'000; ++i)
    ++hits[ranks.draw(random())];
  EXPECT_NEAR(hits[0], 133'600, 3'000) << "1 / H(1000)";
  EXPECT_NEAR(hits[9], 13'360, 700);
  EXPECT_NEAR(hits[99], 1'336, 200);
}

TEST(Zipf, DrawsAllAlikeWithoutSkew) {
  const zipf ranks(4, 0);
  std::mt19937_64 random(7);
  std::vector<int> hits(4);
  for (int i = 0; i < 100'000; ++i)
    ++hits[ranks.draw(random())];
  for (const auto count : hits)
    EXPECT_NEAR(count, 25'000, 800);
}

} // namespace
} // namespace cxstream::sources
