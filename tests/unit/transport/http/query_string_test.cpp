#include "transport/http/query_string.hpp"

#include <gtest/gtest.h>

namespace cxstream::transport {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

TEST(QueryString, HoldsNamesAndValuesDecodedInTheirOrder) {
  EXPECT_EQ(query_of("/v1/imports?name=a%20b+c&mapping=x%26y"), (pairs{{"name", "a b c"}, {"mapping", "x&y"}}));
  EXPECT_EQ(query_of("/v1/imports?flag&&empty=&a=b=c"), (pairs{{"flag", ""}, {"empty", ""}, {"a", "b=c"}}));
  EXPECT_EQ(query_of("/v1/imports"), pairs{});
  EXPECT_EQ(query_of("/v1/imports?"), pairs{});
}

TEST(QueryString, CannotBeReadWhereAPercentBeginsNothing) {
  for (const auto* target : {"/?a=%", "/?a=%2", "/?a=%zz", "/?%=a"})
    EXPECT_EQ(query_of(target), std::nullopt) << target;
}

TEST(QueryString, AnyByteMayBeWritten) {
  EXPECT_EQ(percent_decoded("%00%ff"), std::string("\0\xff", 2));
}

} // namespace
} // namespace cxstream::transport
