// Where people are told things: the part of an operations target that knows a vendor. Owned by one thread.
#pragma once

#include "base/time.hpp"
#include "connectors/ops/facts.hpp"
#include "model/rule.hpp"
#include "ports/target.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cxstream::connectors {

// One message: about one event, or about a burst of them.
struct ops_message {
  model::rule_action action = model::rule_action::trigger;
  model::severity severity = model::severity::warning;
  std::string trouble;           // names what it is about: messages with the same name are about the same
  std::string text;              // for people
  std::string source;            // where the events come from
  base::timestamp occurred_at{}; // of the first event
  std::uint64_t events = 1;
  facts told;                                             // of the first event
  std::vector<std::pair<std::string, std::string>> links; // URL and its text: evidence, feedback

  std::string title() const { // the first line of the text
    return text.substr(0, text.find('\n'));
  }
};

class ops_channel {
public:
  virtual ~ops_channel() = default;
  // Says it and tells how that ended, for all of its events. Blocks no longer than the sink's timeout.
  virtual ports::delivery_outcome say(const ops_message& message, base::timestamp now) = 0;
  // Ends connections.
  virtual void close() = 0;
};

} // namespace cxstream::connectors
