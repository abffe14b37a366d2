// What a node lends its sinks: the past of tickets, the way in, links for feedback; and the sinks set up with it. Owned
// by the main thread; what it lends is thread-safe. It outlives the sinks.
#pragma once

#include "actors/node/node_config.hpp"
#include "config/config.hpp"
#include "connectors/node_events.hpp"
#include "connectors/ops/history_past.hpp"
#include "connectors/surroundings.hpp"
#include "security/feedback/feedback_links.hpp"
#include "telemetry/evidence_metrics.hpp"
#include "telemetry/message_metrics.hpp"

#include <memory>
#include <vector>

namespace cxstream::cli {

class sink_surroundings {
public:
  // Errors: invalid_argument, when the feedback links' secret cannot be used.
  base::result<void> prepare(const config::feedback_config& wanted, base::timestamp now);
  // Every sink of the configuration, with its connector. Errors: invalid_argument.
  base::result<std::vector<actors::sink_setup>> sinks_of(const config::node_config& config) const;

  // From attach() to detach() tickets can be asked for, and events go in.
  void attach(ports::query_service& tickets, ports::ingest_gate& gate) {
    past_->attach(tickets);
    events_->attach(gate);
  }
  void detach() {
    past_->detach();
    events_->detach();
  }
  // Prometheus' text.
  std::string metrics() const {
    return evidence_.text() + messages_.text();
  }
  // Null: there are no links.
  ports::feedback_reader* feedback() const {
    return feedback_.get();
  }

private:
  std::shared_ptr<connectors::history_past> past_ = std::make_shared<connectors::history_past>();
  std::shared_ptr<connectors::node_events> events_ = std::make_shared<connectors::node_events>();
  std::shared_ptr<security::feedback_links> feedback_;
  mutable telemetry::evidence_metrics evidence_;
  mutable telemetry::message_metrics messages_;
};

} // namespace cxstream::cli
