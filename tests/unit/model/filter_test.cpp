#include "model/filter.hpp"

#include <gtest/gtest.h>

namespace cxstream::model {
namespace {

v1::CanonicalEvent event() {
  v1::CanonicalEvent e;
  e.set_event_type("ticket.updated");
  e.set_source_system("zendesk");
  e.set_account_id("acme");
  e.set_status("open");
  e.mutable_sentiment()->set_label("negative");
  return e;
}

compiled_filter compile(const v1::Filter& filter) {
  auto compiled = compile_filter(filter);
  EXPECT_TRUE(compiled) << compiled.err().message;
  return *compiled;
}

std::string refusal(const v1::Filter& filter) {
  const auto compiled = compile_filter(filter);
  return compiled ? "" : compiled.err().message;
}

TEST(Filter, AnEmptyOneLetsAllPassWithoutLooking) {
  EXPECT_TRUE(compiled_filter{}.passes_all());
  EXPECT_TRUE(compile({}).passes_all());
  EXPECT_TRUE(compile({}).wanted({}));
}

TEST(Filter, WantsEveryConditionToHold) {
  v1::Filter f;
  f.add_account_ids("zeta");
  f.add_account_ids("acme");
  f.add_statuses("open");
  const auto compiled = compile(f);
  EXPECT_FALSE(compiled.passes_all());
  EXPECT_TRUE(compiled.wanted(event()));
  auto closed = event();
  closed.set_status("closed");
  EXPECT_FALSE(compiled.wanted(closed));
}

TEST(Filter, DoesNotWantAnEventWithoutTheFieldItAsksFor) {
  v1::Filter drivers;
  drivers.add_drivers("billing");
  EXPECT_FALSE(compile(drivers).wanted(event()));
  v1::Filter risks;
  risks.add_churn_risks("high");
  auto e = event();
  EXPECT_FALSE(compile(risks).wanted(e));
  e.mutable_churn_risk()->set_score(0.9);
  EXPECT_FALSE(compile(risks).wanted(e));
  e.mutable_churn_risk()->set_label("high");
  EXPECT_TRUE(compile(risks).wanted(e));
}

TEST(Filter, AStarAtTheEndOfAnEventTypeStandsForAnyEnding) {
  v1::Filter f;
  f.add_event_types("agent.assigned");
  f.add_event_types("ticket.*");
  const auto compiled = compile(f);
  EXPECT_TRUE(compiled.wanted(event()));
  auto other = event();
  other.set_event_type("agent.assigned");
  EXPECT_TRUE(compiled.wanted(other));
  other.set_event_type("agent.assigned.twice");
  EXPECT_FALSE(compiled.wanted(other));
}

TEST(Filter, AStarAloneMatchesEveryType) {
  v1::Filter f;
  f.add_event_types("*");
  EXPECT_TRUE(compile(f).wanted(event()));
}

TEST(Filter, LeavesLateEventsOutWhenAsked) {
  v1::Filter f;
  f.set_exclude_late(true);
  auto e = event();
  EXPECT_TRUE(compile(f).wanted(e));
  e.mutable_pipeline()->set_late(true);
  EXPECT_FALSE(compile(f).wanted(e));
}

TEST(Filter, LooksAtEveryListItHas) {
  const auto* fields = v1::Filter::descriptor();
  for (int i = 0; i < fields->field_count(); ++i) {
    if (!fields->field(i)->is_repeated())
      continue;
    v1::Filter f;
    v1::Filter::GetReflection()->AddString(&f, fields->field(i), "something else");
    EXPECT_FALSE(compile(f).wanted(event())) << fields->field(i)->name();
  }
}

TEST(Filter, RefusesAStarInTheMiddleAndEmptyValuesAndNamesTheField) {
  v1::Filter star;
  star.add_event_types("ticket.*.x");
  EXPECT_NE(refusal(star).find("filter.event_types"), std::string::npos);
  v1::Filter empty;
  empty.add_drivers("");
  EXPECT_NE(refusal(empty).find("filter.drivers"), std::string::npos);
  v1::Filter empty_type;
  empty_type.add_event_types("");
  EXPECT_NE(refusal(empty_type).find("filter.event_types"), std::string::npos);
}

} // namespace
} // namespace cxstream::model
