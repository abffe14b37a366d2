// What a node lends to connectors that do more than write events down. Plain value; what it holds is thread-safe.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "ports/ticket_past.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cxstream::connectors {

// A delivery that its reader may call a false positive.
struct told_event {
  std::string sink;
  std::string ticket_id;
  base::ticket_sequence sequence;
};

struct surroundings {
  std::shared_ptr<ports::ticket_past> past = nullptr; // null: there is no node, as when a configuration is checked
  // A link by which the reader of a message says that it was wrong; no function: there are no such links.
  std::function<std::string(const told_event&, base::timestamp now)> feedback_url = {};
};

} // namespace cxstream::connectors
