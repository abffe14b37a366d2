// What the tests of a sink against a stand-in of its vendor have in common: the stand-in, the sink's usual settings, a
// folder, a log that hands out places.
#pragma once

#include "config/config.hpp"
#include "connectors/blueprint.hpp"
#include "support/scratch_dir.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::support {

// An event that says how likely it is that the customer leaves.
inline v1::CanonicalEvent risky(const std::string& ticket, const std::string& label, std::uint64_t n = 1) {
  auto event = connectors_test::event_of(ticket, n);
  event.mutable_churn_risk()->set_label(label);
  return event;
}

template <class StandIn>
class vendor_sink_test : public testing::Test {
protected:
  using settings = std::map<std::string, std::string>;
  using planner = base::result<connectors::blueprint> (*)(const config::sink_config&);

  // Who derives adds the vendor's own settings to `usual`.
  vendor_sink_test(planner plan, std::string kind, v1::ProjectionKind projection) : plan_(plan) {
    usual.name = "vendor";
    usual.kind = std::move(kind);
    usual.projection.set_kind(projection);
    usual.settings = {{"allow_private", "true"}, {"timeout", "2s"}};
  }
  // The usual sink, with some settings of its own.
  config::sink_config sink(const settings& more = {}) const {
    auto out = usual;
    for (const auto& [name, value] : more)
      out.settings[name] = value;
    return out;
  }
  connectors::blueprint planned(const settings& more = {}) const {
    auto out = plan_(sink(more));
    EXPECT_TRUE(out) << (out ? "" : out.err().message);
    return *std::move(out);
  }
  std::unique_ptr<ports::target> open(const settings& more = {}) const {
    auto out = planned(more).target;
    EXPECT_TRUE(out->open());
    return out;
  }
  // Why the sink cannot be made; empty when it can.
  std::string refusal_of(const config::sink_config& sink) const {
    const auto out = plan_(sink);
    return out ? std::string() : out.err().message;
  }
  std::string refusal_with(const settings& more) const {
    return refusal_of(sink(more));
  }
  // One call with one event.
  ports::delivery_outcome deliver(ports::target& target, const v1::CanonicalEvent& event) {
    return target.deliver(std::vector{log.add(event)}, connectors_test::now).at(0);
  }

  StandIn vendor;
  config::sink_config usual;
  scratch_dir dir;
  connectors_test::log_of_events log;

private:
  planner plan_;
};

} // namespace cxstream::support
