#include "connectors/crm/record_maker.hpp"

#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using connectors_test::event_of;
using connectors_test::log_of_events;
using testing::Contains;
using testing::IsSupersetOf;
using testing::Key;
using testing::Not;
using testing::Pair;

using fields = std::map<std::string, crm_value>;

std::string plain_names(const model::projected_field& output) {
  return is_part_of_the_key(output) ? std::string() : is_renamed(output) ? output.name : plain_name(output);
}

model::compiled_projection crm() {
  v1::Projection projection;
  projection.set_kind(v1::CRM);
  return *model::compile_projection(projection);
}

model::compiled_projection of_fields(const std::vector<std::pair<std::string, std::string>>& named) {
  v1::Projection projection;
  projection.set_kind(v1::CUSTOM);
  for (const auto& [source, name] : named) {
    auto& field = *projection.add_fields();
    field.set_source(source);
    field.set_name(name);
  }
  return *model::compile_projection(projection);
}

fields fields_of(const v1::CanonicalEvent& event, record_maker& maker) {
  log_of_events log;
  fields out;
  const auto record = maker.make(log.add(event), 0);
  if (!record)
    return out;
  for (const auto& [name, value] : record->fields)
    out[std::string(name)] = value;
  return out;
}

fields fields_of(const v1::CanonicalEvent& event, const model::compiled_projection& projection) {
  record_maker maker(projection, {plain_names});
  return fields_of(event, maker);
}

TEST(RecordMaker, FindsTheRecordByTheTicketAndGroupsByTheAccount) {
  log_of_events log;
  auto event = event_of("T1", 1);
  event.set_account_id("acme");
  record_maker maker(crm(), {plain_names});
  const auto record = maker.make(log.add(event), 7);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->key, "T1");
  EXPECT_EQ(record->group, "acme");
  EXPECT_EQ(record->event, 7U);
}

TEST(RecordMaker, LeavesOutWhatTheEventSaysNothingAbout) {
  auto event = event_of("T1", 1);
  event.set_driver("billing");
  const auto got = fields_of(event, crm());
  EXPECT_THAT(got, Contains(Pair("driver", crm_value(std::string("billing")))));
  EXPECT_THAT(got, Not(Contains(Key("canonical_tag"))));
  EXPECT_THAT(got, Not(Contains(Key("churn_risk"))));
  EXPECT_THAT(got, Not(Contains(Key("ticket_id")))) << "it is the key";
}

TEST(RecordMaker, CarriesKeySequenceAndVersionBesideTheFields) {
  EXPECT_THAT(fields_of(event_of("T1", 4), crm()),
              IsSupersetOf({Pair("idempotency_key", crm_value(std::string("T1/4"))),
                            Pair("sequence", crm_value(std::uint64_t{1})), Pair("version", crm_value(std::uint64_t{4})),
                            Pair("occurred_at", crm_value(std::string("2026-01-02T03:04:09Z")))}));
}

TEST(RecordMaker, EmptiesWhatTheEventClears) {
  auto event = event_of("T1", 1);
  event.mutable_cleared()->add_paths("driver");
  event.mutable_cleared()->add_paths("sentiment");
  event.mutable_cleared()->add_paths("custom_metrics.handle_time_s");
  const auto got = fields_of(
      event,
      of_fields(
          {{"driver", ""}, {"sentiment", ""}, {"custom_metrics.handle_time_s", ""}, {"custom_metrics.other", ""}}));
  EXPECT_THAT(got, IsSupersetOf({Pair("driver", crm_value()), Pair("sentiment", crm_value()),
                                 Pair("sentiment_score", crm_value()), Pair("handle_time_s", crm_value())}));
  EXPECT_THAT(got, Not(Contains(Key("other"))));
}

TEST(RecordMaker, WritesASignalAsAWholeSoThatNoOldScoreStandsBesideANewLabel) {
  auto event = event_of("T1", 1);
  event.mutable_churn_risk()->set_label("high");
  const auto got = fields_of(event, crm());
  EXPECT_THAT(got, IsSupersetOf({Pair("churn_risk", crm_value(std::string("high"))),
                                 Pair("churn_risk_score", crm_value()), Pair("churn_risk_confidence", crm_value())}));
  EXPECT_THAT(got, Not(Contains(Key("sentiment_score"))));
}

TEST(RecordMaker, TakesTheNamesThatTheProjectionGives) {
  auto event = event_of("T1", 1);
  event.mutable_churn_risk()->set_label("high");
  event.add_raw_tags("a");
  event.add_raw_tags("b");
  const auto got = fields_of(event, of_fields({{"churn_risk.label", "Churn_Risk__c"}, {"raw_tags", "Tags__c"}}));
  EXPECT_THAT(got, IsSupersetOf({Pair("Churn_Risk__c", crm_value(std::string("high"))),
                                 Pair("Tags__c", crm_value(std::string("a;b")))}));
}

TEST(RecordMaker, WritesTimesAndDaysAsTheTargetWantsThem) {
  const auto projection = of_fields({{"occurred_at", "day"}, {"committed_at", "time"}});
  record_maker as_text(projection, {plain_names, time_form::rfc3339, {"day"}});
  EXPECT_THAT(fields_of(event_of("T1", 1), as_text),
              IsSupersetOf({Pair("day", crm_value(std::string("2026-01-02"))),
                            Pair("time", crm_value(std::string("2026-01-02T03:04:05.000002Z")))}));
  record_maker as_number(projection, {plain_names, time_form::unix_ms, {"day"}});
  EXPECT_THAT(fields_of(event_of("T1", 1), as_number),
              IsSupersetOf({Pair("day", crm_value(std::uint64_t{1'767'312'000'000})),
                            Pair("time", crm_value(std::uint64_t{1'767'323'045'000}))}));
}

TEST(RecordMaker, MakesNothingOfBytesThatAreNoEvent) {
  record_maker maker(crm(), {plain_names});
  ports::delivery broken;
  broken.event = std::string("\xff\xff");
  EXPECT_FALSE(maker.make(broken, 0));
}

} // namespace
} // namespace cxstream::connectors
