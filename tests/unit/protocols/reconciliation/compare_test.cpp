#include "protocols/reconciliation/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::protocols {
namespace {

using namespace std::chrono_literals;
using ports::census_row;
using testing::ElementsAre;
using testing::IsEmpty;

census_row row(const std::string& ticket, std::uint64_t sequence, std::uint64_t digest, std::int64_t second = 0) {
  return {ticket, base::ticket_sequence{sequence}, base::timestamp(std::chrono::seconds(second)), digest};
}

finding found(difference kind, const std::string& ticket, std::uint64_t expected, std::uint64_t seen) {
  return {kind, ticket, base::ticket_sequence{expected}, base::ticket_sequence{seen}};
}

TEST(Reconciliation, ComparesBucketsByNumberAndDigest) {
  bucket_book book(1h);
  for (const auto& r :
       {row("a", 1, 0x10, -1), row("b", 1, 0x20, 0), row("c", 1, 0x40, 3'599), row("d", 1, 0x80, 3'600)})
    book.add(r);
  using summaries = std::vector<ports::bucket_summary>;
  EXPECT_THAT(book.unlike(summaries{{-1, 1, 0x10}, {0, 2, 0x60}, {1, 1, 0x80}}), IsEmpty());
  EXPECT_THAT(book.unlike(summaries{{-1, 1, 0x11}, {0, 2, 0x60}, {1, 1, 0x80}}), ElementsAre(-1));
  EXPECT_THAT(book.unlike(summaries{{0, 2, 0x60}, {1, 2, 0x80}, {7, 1, 1}}), ElementsAre(-1, 1, 7));
  EXPECT_THAT(book.unlike(summaries{{-1, 1, 0x10}, {0, 2, std::nullopt}, {1, 1, 0x80}}), ElementsAre(0))
      << "without a digest it is not known";
}

TEST(Reconciliation, SaysOfEachTicketWhatIsWrongWithIt) {
  const std::vector expected{row("a", 3, 1), row("b", 3, 1), row("c", 3, 1), row("d", 3, 1), row("e", 3, 1)};
  const std::vector held{row("a", 3, 1), row("b", 2, 9), row("c", 3, 2), row("e", 4, 9), row("x", 1, 1)};
  EXPECT_THAT(compare(expected, held),
              ElementsAre(found(difference::stale, "b", 3, 2), found(difference::altered, "c", 3, 3),
                          found(difference::missing, "d", 3, 0), found(difference::altered, "e", 3, 4),
                          found(difference::extra, "x", 0, 1)));
}

TEST(Reconciliation, TakesAnyStateForGoodThatTheSinkMayHaveReachedByNow) {
  const std::vector states{row("a", 3, 1), row("a", 4, 2), row("a", 5, 3)};
  for (const auto& state : states)
    EXPECT_EQ(judge("a", states, state, false), std::nullopt);
  EXPECT_EQ(judge("a", states, row("a", 2, 9), false), found(difference::stale, "a", 3, 2));
  EXPECT_EQ(judge("a", states, row("a", 4, 9), false), found(difference::altered, "a", 3, 4));
  EXPECT_EQ(judge("a", states, std::nullopt, false), found(difference::missing, "a", 3, 0));
  EXPECT_EQ(judge("a", states, std::nullopt, true), std::nullopt) << "nothing is surely delivered yet";
  EXPECT_EQ(judge("a", {}, std::nullopt, true), std::nullopt);
  EXPECT_EQ(judge("a", {}, row("a", 1, 1), true), found(difference::extra, "a", 0, 1));
}

} // namespace
} // namespace cxstream::protocols
