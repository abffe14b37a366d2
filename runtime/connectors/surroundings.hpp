// What a node lends to connectors that do more than write events down. Plain value; what it holds is thread-safe.
#pragma once

#include "base/time.hpp"
#include "ports/evidence_meter.hpp"
#include "ports/feedback.hpp"
#include "ports/message_meter.hpp"
#include "ports/own_events.hpp"
#include "ports/ticket_past.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cxstream::connectors {

struct surroundings {
  std::shared_ptr<ports::ticket_past> past = nullptr; // null: there is no node, as when a configuration is checked
  // A link by which the reader of a message says that it was wrong; no function, or an empty
  // text: there are no such links.
  std::function<std::string(const ports::told_delivery&, base::timestamp now)> feedback_url = {};
  std::shared_ptr<ports::own_events> events = nullptr; // the way in; null: there is no node
  // Outlive the connectors; null: nobody counts.
  ports::evidence_meter* evidence = nullptr;
  ports::message_meter* messages = nullptr;
};

} // namespace cxstream::connectors
