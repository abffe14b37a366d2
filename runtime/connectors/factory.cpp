#include "connectors/factory.hpp"

#include "config/sink_kinds.hpp"
#include "connectors/blueprint.hpp"
#include "connectors/clickhouse/plan.hpp"
#include "connectors/evidence/plan.hpp"
#include "connectors/file/plan.hpp"
#include "connectors/hubspot/plan.hpp"
#include "connectors/intercom/plan.hpp"
#include "connectors/kafka/plan.hpp"
#include "connectors/lake/plan.hpp"
#include "connectors/nats/plan.hpp"
#include "connectors/opsgenie/plan.hpp"
#include "connectors/pagerduty/plan.hpp"
#include "connectors/postgres/plan.hpp"
#include "connectors/rest/plan.hpp"
#include "connectors/s3/plan.hpp"
#include "connectors/salesforce/plan.hpp"
#include "connectors/slack/plan.hpp"
#include "connectors/sqlite/plan.hpp"
#include "connectors/webhook/plan.hpp"
#include "connectors/zendesk/plan.hpp"

#include <algorithm>
#include <array>

namespace cxstream::connectors {

namespace {

struct kind {
  std::string_view name;
  base::result<blueprint> (*plan)(const config::sink_config&);
  base::result<blueprint> (*plan_near)(const config::sink_config&, const surroundings&) = nullptr; // where a node helps
};

// In the order of config::sink_kinds.
constexpr std::array kinds{
    kind{"sqlite", plan_sqlite},
    kind{"webhook", plan_webhook},
    kind{"file", plan_file},
    kind{"slack", nullptr, plan_slack},
    kind{"pagerduty", nullptr, plan_pagerduty},
    kind{"opsgenie", nullptr, plan_opsgenie},
    kind{"evidence", nullptr, plan_evidence},
    kind{"postgres", plan_postgres},
    kind{"clickhouse", plan_clickhouse},
    kind{"lake", plan_lake},
    kind{"s3", plan_s3},
    kind{"nats", plan_nats},
    kind{"kafka", plan_kafka},
    kind{"salesforce", plan_salesforce},
    kind{"hubspot", plan_hubspot},
    kind{"zendesk", plan_zendesk},
    kind{"intercom", plan_intercom},
    kind{"rest", plan_rest},
};

constexpr bool lists_every_kind() {
  return std::ranges::equal(kinds, config::sink_kinds, {}, &kind::name);
}
static_assert(lists_every_kind(), "config/sink_kinds.hpp and this table name the same kinds");

base::result<blueprint> plan(const config::sink_config& sink, const surroundings& near = {}) {
  const auto found = std::ranges::find(kinds, sink.kind, &kind::name);
  if (found == kinds.end())
    return invalid(sink, "there is no kind \"" + sink.kind + "\"; known are: " + config::names_of_sink_kinds());
  auto planned = found->plan_near != nullptr ? found->plan_near(sink, near) : found->plan(sink);
  if (planned && planned->traits.keeps_position && sink.coalesce.value_or(false))
    return invalid(sink, "kind " + sink.kind + " keeps every event of the history; coalesce cannot be true");
  return planned;
}

} // namespace

base::result<ports::target_traits> traits_of(const config::sink_config& sink) {
  auto planned = plan(sink);
  if (!planned)
    return planned.err();
  return planned->traits;
}

base::result<std::unique_ptr<ports::target>> make_target(const config::sink_config& sink, const surroundings& near) {
  auto planned = plan(sink, near);
  if (!planned)
    return planned.err();
  return std::move(planned->target);
}

} // namespace cxstream::connectors
