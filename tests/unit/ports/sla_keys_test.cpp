#include "ports/keys.hpp"

#include <gtest/gtest.h>

namespace cxstream::ports {
namespace {

TEST(SlaKeys, OfHoursSortByNumberApartFromThoseOfOtherSinks) {
  EXPECT_LT(keys::sla_hour("crm", 255), keys::sla_hour("crm", 256));
  EXPECT_EQ(keys::sla_hour_of(keys::sla_hour("crm", 490'896)), 490'896);
  EXPECT_TRUE(keys::sla_hour("crm", 1).starts_with(keys::sla_hour_prefix("crm")));
  EXPECT_FALSE(keys::sla_hour("crm2", 1).starts_with(keys::sla_hour_prefix("crm")));
  EXPECT_FALSE(keys::sla_hour("crm", 1).starts_with(keys::sla_record("crm")));
}

} // namespace
} // namespace cxstream::ports
