#include "base/hash.hpp"

#include <gtest/gtest.h>

namespace cxstream::base {
namespace {

// The published XXH3 and XXH128 values of the empty input, seed 0, and of a text: stored data depends on them.
TEST(Hash, IsXxh3WithSeedZeroForEver) {
  EXPECT_EQ(xxh3_64(""), 0x2d06800538d394c2ull);
  EXPECT_EQ(to_hex(xxh3_128("")), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(xxh3_64("INC0000045"), xxh3_64(std::string("INC0000045")));
}

TEST(Hash, WritesBothHalvesInHexWithLeadingZeros) {
  EXPECT_EQ(to_hex({0x1, 0xff}), "000000000000000100000000000000ff");
}

} // namespace
} // namespace cxstream::base
