#include "model/projection.hpp"

#include <gmock/gmock.h>

#include <google/protobuf/util/message_differencer.h>

#include <string>
#include <vector>

namespace cxstream::model {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// An event with every field set.
v1::CanonicalEvent full_event() {
  v1::CanonicalEvent e;
  e.set_event_id("e1");
  e.set_event_type("ticket.updated");
  e.mutable_occurred_at()->set_seconds(1'700'000'000);
  e.set_ticket_id("t1");
  e.set_account_id("acme");
  for (auto* signal : {e.mutable_sentiment(), e.mutable_churn_risk(), e.mutable_effort()}) {
    signal->set_label("high");
    signal->set_score(0.5);
    signal->set_confidence(0.75);
  }
  e.set_canonical_tag("billing.refund");
  e.set_driver("billing");
  (*e.mutable_custom_metrics())["handle_time_s"] = 42;
  (*e.mutable_custom_metrics())["wait_s"] = 7;
  e.set_evidence_url("https://example.com/1");
  e.set_source_system("zendesk");
  e.set_idempotency_key("k1");
  e.set_version(3);
  e.add_raw_tags("refund");
  e.set_status("open");
  e.set_priority("high");
  e.set_channel("email");
  e.set_agent_id("a1");
  e.set_customer_id("c1");
  e.set_schema_version("1");
  e.set_mapping_version("desk@1");
  for (const auto* path : {"driver", "sentiment", "custom_metrics.wait_s", "agent_id"})
    e.mutable_cleared()->add_paths(path);
  auto& pipeline = *e.mutable_pipeline();
  pipeline.set_taxonomy_version("v1");
  pipeline.set_ticket_sequence(9);
  pipeline.set_partition(5);
  pipeline.set_offset(77);
  pipeline.mutable_received_at()->set_seconds(1'700'000'001);
  pipeline.mutable_committed_at()->set_seconds(1'700'000'002);
  pipeline.mutable_delivered_at()->set_seconds(1'700'000'003);
  pipeline.set_replayed(true);
  pipeline.set_late(true);
  return e;
}

v1::Projection custom(const std::vector<std::pair<std::string, std::string>>& fields) {
  v1::Projection p;
  p.set_kind(v1::CUSTOM);
  for (const auto& [source, name] : fields) {
    auto& f = *p.add_fields();
    f.set_source(source);
    f.set_name(name);
  }
  return p;
}

v1::Projection of(v1::ProjectionKind kind) {
  v1::Projection p;
  p.set_kind(kind);
  return p;
}

compiled_projection compile(const v1::Projection& projection) {
  auto compiled = compile_projection(projection);
  EXPECT_TRUE(compiled) << (compiled ? "" : compiled.err().message);
  return *compiled;
}

std::string refusal(const v1::Projection& projection) {
  const auto compiled = compile_projection(projection);
  return compiled ? "" : compiled.err().message;
}

std::vector<std::string> names(const compiled_projection& projection) {
  std::vector<std::string> out;
  for (const auto& output : projection.fields())
    out.push_back(output.name);
  return out;
}

TEST(Projection, BiKeepsEveryFieldOfTheEvent) {
  for (auto kind : {v1::PROJECTION_KIND_UNSPECIFIED, v1::BI}) {
    const auto all = compile(of(kind));
    auto e = full_event();
    all.project(e);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(e, full_event()));
    EXPECT_EQ(all.fields().size(), field_count);
  }
}

TEST(Projection, EveryFieldHasANameThatLeadsBackToItAndAValueInAFullEvent) {
  const auto e = full_event();
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto f = static_cast<field>(i);
    EXPECT_EQ(field_named(name_of(f)), f) << name_of(f);
    EXPECT_FALSE(std::holds_alternative<std::monostate>(value_of(e, f))) << name_of(f);
  }
  EXPECT_EQ(field_named("pipeline.offset"), field::offset);
  EXPECT_FALSE(field_named("pipeline.driver").has_value());
  EXPECT_FALSE(field_named("nonsense").has_value());
}

TEST(Projection, EveryFieldOfTheContractIsInTheTable) {
  const auto* event = v1::CanonicalEvent::descriptor();
  for (int i = 0; i < event->field_count(); ++i) {
    const auto& name = event->field(i)->name();
    const bool known = field_named(name) || field_named(name + ".label") || name == "pipeline";
    EXPECT_TRUE(known) << name;
  }
  const auto* pipeline = v1::PipelineInfo::descriptor();
  for (int i = 0; i < pipeline->field_count(); ++i)
    EXPECT_TRUE(field_named("pipeline." + pipeline->field(i)->name())) << pipeline->field(i)->name();
}

TEST(Projection, AnAbsentFieldHasNoValueAndAnEmptyOneDoes) {
  v1::CanonicalEvent e;
  EXPECT_TRUE(std::holds_alternative<std::monostate>(value_of(e, field::driver)));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(value_of(e, field::effort_score)));
  e.set_driver("");
  EXPECT_EQ(std::get<std::string_view>(value_of(e, field::driver)), "");
}

TEST(Projection, CrmHasItsFieldsAndWhatIsAlwaysThere) {
  const auto crm = compile(of(v1::CRM));
  auto e = full_event();
  crm.project(e);
  EXPECT_EQ(e.account_id(), "acme");
  EXPECT_EQ(e.sentiment().score(), 0.5);
  EXPECT_EQ(e.idempotency_key(), "k1");
  EXPECT_EQ(e.version(), 3u);
  EXPECT_EQ(e.pipeline().ticket_sequence(), 9u);
  EXPECT_TRUE(e.has_occurred_at());
  EXPECT_FALSE(e.has_status());
  EXPECT_FALSE(e.has_effort());
  EXPECT_TRUE(e.custom_metrics().empty());
  EXPECT_TRUE(e.raw_tags().empty());
  EXPECT_FALSE(e.pipeline().has_received_at());
  EXPECT_EQ(e.pipeline().offset(), 0u);
}

TEST(Projection, ToldClearingsAreThoseOfTheFieldsItKeeps) {
  auto e = full_event();
  compile(of(v1::CRM)).project(e);
  EXPECT_THAT(e.cleared().paths(), ElementsAre("driver", "sentiment"));
  e = full_event();
  compile(custom({{"custom_metrics.wait_s", ""}})).project(e);
  EXPECT_THAT(e.cleared().paths(), ElementsAre("custom_metrics.wait_s"));
  e = full_event();
  compile(custom({{"status", ""}})).project(e);
  EXPECT_FALSE(e.has_cleared());
}

TEST(Projection, OpsRoutes) {
  auto e = full_event();
  compile(of(v1::OPS)).project(e);
  EXPECT_EQ(e.priority(), "high");
  EXPECT_EQ(e.agent_id(), "a1");
  EXPECT_FALSE(e.has_sentiment());
  EXPECT_FALSE(e.has_canonical_tag());
}

TEST(Projection, ACustomOneListsFieldsInOrderUnderNewNames) {
  auto p = custom({{"driver", "root_cause"}, {"churn_risk", "risk"}, {"custom_metrics.handle_time_s", "aht"}});
  auto& constant = *p.add_fields();
  constant.set_name("tenant");
  constant.set_constant("north");
  const auto compiled = compile(p);
  EXPECT_THAT(names(compiled),
              ElementsAre("root_cause", "risk.label", "risk.score", "risk.confidence", "aht", "tenant", "ticket_id",
                          "idempotency_key", "ticket_sequence", "version", "occurred_at", "cleared"));
  const auto e = full_event();
  const auto fields = compiled.fields();
  EXPECT_EQ(std::get<std::string_view>(compiled_projection::value(e, fields[0])), "billing");
  EXPECT_EQ(std::get<double>(compiled_projection::value(e, fields[4])), 42.0);
  EXPECT_EQ(std::get<std::string_view>(compiled_projection::value(e, fields[5])), "north");
}

TEST(Projection, KeepsSingleMetricsAndSingleParts) {
  auto e = full_event();
  compile(custom({{"custom_metrics.wait_s", ""}, {"effort.score", ""}})).project(e);
  EXPECT_EQ(e.custom_metrics().size(), 1u);
  EXPECT_TRUE(e.custom_metrics().contains("wait_s"));
  EXPECT_TRUE(e.effort().has_score());
  EXPECT_FALSE(e.effort().has_label());
}

TEST(Projection, DoesNotRepeatWhatIsAlwaysThereWhenItIsListed) {
  const auto compiled = compile(custom({{"ticket_id", "case"}, {"pipeline.late", ""}}));
  EXPECT_THAT(names(compiled), Not(Contains("ticket_id")));
  EXPECT_THAT(names(compiled), Contains("case"));
  EXPECT_THAT(names(compiled), Contains("late"));
}

TEST(Projection, RefusesWhatCannotBeMeantAndSaysWhere) {
  EXPECT_THAT(refusal(custom({{"status", ""}, {"colour", ""}})), HasSubstr("projection.fields[1]: there is no field"));
  EXPECT_THAT(refusal(custom({{"status", "x"}, {"driver", "x"}})), HasSubstr("second output named \"x\""));
  EXPECT_THAT(refusal(custom({{"status", "version"}})), HasSubstr("\"version\" is kept"));
  EXPECT_THAT(refusal(custom({{"", "x"}})), HasSubstr("neither a source nor a constant"));
  EXPECT_THAT(refusal(custom({})), HasSubstr("at least one field"));
  auto both = custom({{"status", "x"}});
  both.mutable_fields(0)->set_constant("y");
  EXPECT_THAT(refusal(both), HasSubstr("both a source and a constant"));
  auto nameless = custom({{"", ""}});
  nameless.mutable_fields(0)->set_constant("y");
  EXPECT_THAT(refusal(nameless), HasSubstr("a constant needs a name"));
  auto listed = custom({{"status", ""}});
  listed.set_kind(v1::CRM);
  EXPECT_THAT(refusal(listed), HasSubstr("only a custom projection lists fields"));
  EXPECT_THAT(refusal(of(static_cast<v1::ProjectionKind>(99))), HasSubstr("unknown kind 99"));
}

} // namespace
} // namespace cxstream::model
