#include "connectors/postgres/fitting.hpp"

#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace cxstream::connectors::postgres {
namespace {

using connectors_test::event_of;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PostgresFitting, LeavesAnEventThatFitsAsItIs) {
  auto e = event_of("T1", 1);
  e.set_status("open");
  e.add_raw_tags("ünïcode \"quoted\" \\ \n");
  (*e.mutable_custom_metrics())["m"] = -0.0;
  const auto before = e.SerializeAsString();
  std::vector<discard> discards;
  EXPECT_EQ(make_fit(e, discards), std::nullopt);
  EXPECT_THAT(discards, IsEmpty());
  e.clear_pipeline(); // may have become present, empty
  EXPECT_EQ(e.SerializeAsString(), before);
}

TEST(PostgresFitting, TakesOutEveryValueThatDoesNotFitAndNotesItsColumn) {
  const std::string nul("a\0b", 3);
  auto e = event_of("T1", 1);
  for (auto set : {&v1::CanonicalEvent::mutable_account_id, &v1::CanonicalEvent::mutable_status,
                   &v1::CanonicalEvent::mutable_evidence_url, &v1::CanonicalEvent::mutable_event_id})
    *(e.*set)() = nul;
  e.mutable_sentiment()->set_label(nul);
  e.mutable_sentiment()->set_score(0.5);
  e.add_raw_tags("fine");
  e.add_raw_tags(nul);
  e.mutable_cleared()->add_paths("custom_metrics." + nul);
  (*e.mutable_custom_metrics())[nul] = 1;
  (*e.mutable_custom_metrics())["nan"] = std::numeric_limits<double>::quiet_NaN();
  (*e.mutable_custom_metrics())["fine"] = 1;
  std::vector<discard> discards;
  EXPECT_EQ(make_fit(e, discards), std::nullopt);
  std::multiset<std::string> columns;
  for (const auto& d : discards) {
    columns.insert(d.column);
    EXPECT_EQ(d.value.find('\0'), std::string::npos);
  }
  EXPECT_EQ(columns, (std::multiset<std::string>{"account_id", "cleared", "custom_metrics", "custom_metrics",
                                                 "event_id", "evidence_url", "raw_tags", "sentiment", "status"}));
  EXPECT_FALSE(e.has_account_id());
  EXPECT_FALSE(e.sentiment().has_label());
  EXPECT_EQ(e.sentiment().score(), 0.5);
  EXPECT_THAT(e.raw_tags(), testing::ElementsAre("fine"));
  EXPECT_EQ(e.custom_metrics_size(), 1);
}

TEST(PostgresFitting, CallsAnEventUnfitThatCannotBeToldWithoutTheValue) {
  const std::string nul("a\0b", 3);
  for (auto set : {&v1::CanonicalEvent::mutable_ticket_id, &v1::CanonicalEvent::mutable_idempotency_key,
                   &v1::CanonicalEvent::mutable_event_type, &v1::CanonicalEvent::mutable_source_system}) {
    auto e = event_of("T1", 1);
    *(e.*set)() = nul;
    std::vector<discard> discards;
    EXPECT_THAT(make_fit(e, discards).value_or(""), HasSubstr("NUL"));
  }
  auto e = event_of(std::string(indexed_bytes_max + 1, 'x'), 1);
  std::vector<discard> discards;
  EXPECT_THAT(make_fit(e, discards).value_or(""), HasSubstr("ticket_id is longer"));
}

TEST(PostgresFitting, CutsATextAtTheBorderOfACharacter) {
  EXPECT_EQ(holdable("äöü", 3), "ä");
  EXPECT_EQ(holdable("äöü", 4), "äö");
  EXPECT_EQ(holdable("abc", 9), "abc");
}

} // namespace
} // namespace cxstream::connectors::postgres
