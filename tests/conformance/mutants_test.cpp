// The suite judged: it accepts a connector without a flaw, and finds each of the flaws.
#include "conformance/conformance.hpp"
#include "conformance/model_world.hpp"

#include <algorithm>
#include <map>

namespace cxstream::conformance {

INSTANTIATE_TEST_SUITE_P(model, ConnectorConformance, every_requirement<model_world>(), name_of_requirement);

namespace {

// Each flaw, and the requirement that it breaks.
const std::map<flaw, int> broken_by{
    {flaw::drops_an_outcome, 1},       {flaw::swaps_outcomes, 1},
    {flaw::keeps_nothing, 2},          {flaw::loses_the_key, 2},
    {flaw::turns_the_order, 3},        {flaw::goes_on_behind_a_failure, 4},
    {flaw::skips_without_cause, 5},    {flaw::doubles_a_repeat, 6},
    {flaw::refuses_a_repeat, 6},       {flaw::overwrites_newer, 7},
    {flaw::sends_too_many_at_once, 8}, {flaw::takes_one_batch_only, 8},
    {flaw::one_spoils_all, 9},         {flaw::calls_the_unreadable_transient, 10},
    {flaw::sends_the_unreadable, 10},  {flaw::tries_the_refused_again, 11},
    {flaw::condemns_when_away, 12},    {flaw::stays_away, 13},
    {flaw::waits_for_ever, 14},        {flaw::gives_up_the_slow, 14},
    {flaw::forgets_the_pause, 15},     {flaw::goes_on_in_a_pause, 15},
    {flaw::condemns_a_hiccup, 16},     {flaw::condemns_when_expired, 17},
    {flaw::keeps_old_credentials, 17}, {flaw::believes_in_lost_answers, 18},
    {flaw::loses_at_close, 19},        {flaw::cannot_reopen, 19},
    {flaw::tells_its_token, 20},       {flaw::says_no_reason, 20},
    {flaw::talks_at_length, 20},       {flaw::position_runs_ahead, 21},
    {flaw::invents_a_position, 21},    {flaw::instances_share_a_desk, 22},
    {flaw::defers_without_a_time, 23}, {flaw::defers_for_ever, 23},
};

judge judged(flaw f, int number) {
  const auto all = requirements();
  const auto found = std::ranges::find(all, number, &requirement::number);
  // A target that keeps no position has none to tell.
  model_world w(f, f != flaw::invents_a_position);
  judge j;
  found->check(w, j);
  return j;
}

TEST(ConformanceSuite, FindsEveryFlaw) {
  for (int f = 1; f <= static_cast<int>(last_flaw); ++f) {
    const auto expected = broken_by.find(static_cast<flaw>(f));
    ASSERT_NE(expected, broken_by.end()) << "flaw " << f << " breaks nothing";
    EXPECT_FALSE(judged(expected->first, expected->second).broken().empty())
        << "flaw " << f << " went unnoticed by C" << expected->second;
  }
}

TEST(ConformanceSuite, CanFindEveryRequirementBroken) {
  for (const auto& r : requirements())
    EXPECT_TRUE(std::ranges::any_of(broken_by, [&](const auto& b) { return b.second == r.number; }))
        << "no flaw breaks C" << r.number;
}

TEST(ConformanceSuite, TriesEveryRequirementOnTheModel) {
  for (const auto& r : requirements()) {
    model_world w;
    judge j;
    r.check(w, j);
    EXPECT_TRUE(j.skipped().empty()) << "C" << r.number << ": " << j.skipped();
  }
}

} // namespace
} // namespace cxstream::conformance
