#include "connectors/encoding/json_event.hpp"

#include "deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

using connectors_test::event_of;

json_event encoder(v1::Projection projection) {
  auto compiled = model::compile_projection(projection);
  EXPECT_TRUE(compiled) << compiled.err().message;
  return json_event(*compiled);
}

v1::Projection custom(std::initializer_list<std::array<const char*, 3>> fields) {
  v1::Projection out;
  out.set_kind(v1::CUSTOM);
  for (const auto& [source, name, constant] : fields) {
    auto& f = *out.add_fields();
    f.set_source(source);
    f.set_name(name);
    if (*constant != '\0')
      f.set_constant(constant);
  }
  return out;
}

std::string json_of_event(json_event encode, v1::CanonicalEvent event) {
  connectors_test::log_of_events log;
  std::string out;
  EXPECT_TRUE(encode.append(log.add(std::move(event)), connectors_test::now, out));
  return out;
}

TEST(JsonEvent, WritesEveryFieldThatIsThereInSnakeCaseWithTimesInUtc) {
  auto e = event_of("T1", 7);
  e.set_event_id("e-1");
  e.set_account_id("acme \"quoted\"\n");
  e.mutable_sentiment()->set_label("negative");
  e.mutable_sentiment()->set_score(-0.5);
  e.mutable_churn_risk()->set_confidence(0.25);
  (*e.mutable_custom_metrics())["b"] = 2;
  (*e.mutable_custom_metrics())["a"] = 1.5;
  e.add_raw_tags("vpn");
  e.add_raw_tags("größe");
  e.mutable_cleared()->add_paths("driver");
  EXPECT_EQ(json_of_event(encoder({}), e),
            R"({"event_id":"e-1","event_type":"ticket.updated","occurred_at":"2026-01-02T03:04:12Z","ticket_id":"T1",)"
            R"("account_id":"acme \"quoted\"\n","sentiment":{"label":"negative","score":-0.5},)"
            R"("churn_risk":{"confidence":0.25},"custom_metrics":{"a":1.5,"b":2.0},"source_system":"servicenow",)"
            R"("idempotency_key":"T1/7","version":7,"raw_tags":["vpn","größe"],"cleared":["driver"],)"
            R"("ticket_sequence":1,"partition":3,"offset":0,"received_at":"2026-01-02T03:04:05.000001Z",)"
            R"("committed_at":"2026-01-02T03:04:05.000002Z","late":false,"delivered_at":"2026-01-03T03:04:05Z"})");
}

TEST(JsonEvent, MarksWhatAReplaySendsWhateverTheProjection) {
  auto e = event_of("T1", 7);
  e.mutable_pipeline()->set_replayed(true);
  EXPECT_THAT(json_of_event(encoder({}), e), testing::EndsWith(R"(,"replayed":true})"));
  EXPECT_THAT(json_of_event(encoder(custom({{"account_id", "", ""}})), e), testing::EndsWith(R"(,"replayed":true})"));
  EXPECT_THAT(json_of_event(encoder(custom({{"", "replayed", "never"}})), e),
              testing::Not(testing::HasSubstr(R"("replayed":true)")));
  e.mutable_pipeline()->set_replayed(false);
  EXPECT_THAT(json_of_event(encoder({}), e), testing::Not(testing::HasSubstr("replayed")));
}

TEST(JsonEvent, GivesAnEmptyTextThatIsPresentAndLeavesOutOneThatIsAbsent) {
  auto e = event_of("T1", 1);
  e.set_account_id("");
  const auto json = json_of_event(encoder(custom({{"account_id", "", ""}, {"driver", "", ""}})), e);
  EXPECT_NE(json.find(R"("account_id":"")"), std::string::npos) << json;
  EXPECT_EQ(json.find("driver"), std::string::npos) << json;
}

TEST(JsonEvent, KeepsOrderNamesAndConstantsOfACustomProjection) {
  auto e = event_of("T1", 1);
  e.mutable_churn_risk()->set_label("high");
  (*e.mutable_custom_metrics())["handle_time_s"] = 12;
  const auto json = json_of_event(encoder(custom({{"churn_risk.label", "risk", ""},
                                                  {"", "origin", "cxstream"},
                                                  {"custom_metrics.handle_time_s", "seconds", ""},
                                                  {"ticket_id", "case.id", ""}})),
                                  e);
  EXPECT_TRUE(json.starts_with(R"({"risk":"high","origin":"cxstream","seconds":12.0,"case":{"id":"T1"},)")) << json;
  for (const auto* always : {"idempotency_key", "ticket_sequence", "version", "occurred_at"})
    EXPECT_NE(json.find(always), std::string::npos) << always << " is missing in " << json;
}

TEST(JsonEvent, PutsMembersOfOneObjectTogetherWhereverTheProjectionNamesThem) {
  auto e = event_of("T1", 1);
  e.mutable_effort()->set_label("low");
  e.mutable_effort()->set_score(0.5);
  const auto json =
      json_of_event(encoder(custom({{"effort.label", "", ""}, {"ticket_id", "", ""}, {"effort.score", "", ""}})), e);
  EXPECT_TRUE(json.starts_with(R"({"effort":{"label":"low","score":0.5},"ticket_id":"T1")")) << json;
}

TEST(JsonEvent, RefusesBytesThatAreNotAnEventAndLeavesTheOutputAsItWas) {
  auto encode = encoder({});
  ports::delivery broken;
  broken.event = "\xff\xff\xff";
  std::string out = "before";
  EXPECT_FALSE(encode.append(broken, connectors_test::now, out));
  EXPECT_EQ(out, "before");
}

TEST(JsonEvent, ForgetsTheFieldsOfTheEventBefore) {
  auto encode = encoder({});
  connectors_test::log_of_events log;
  auto full = event_of("T1", 1);
  full.set_driver("billing");
  (*full.mutable_custom_metrics())["a"] = 1;
  std::string out;
  ASSERT_TRUE(encode.append(log.add(full), connectors_test::now, out));
  out.clear();
  ASSERT_TRUE(encode.append(log.add(event_of("T1", 2)), connectors_test::now, out));
  EXPECT_EQ(out.find("billing"), std::string::npos) << out;
  EXPECT_EQ(out.find("custom_metrics"), std::string::npos) << out;
}

} // namespace
} // namespace cxstream::connectors
