// Templates of messages: Mustache, with the facts of an event. Owned by one thread.
//
// Invariants:
//  1. A template names only what there is: a mistyped name is an error when it is read, not a gap in a message.
//  2. Values are escaped for the place where they go; a template cannot switch that off.
#pragma once

#include "base/result.hpp"
#include "connectors/ops/facts.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

// What a message is about. `told` is of its first event, and what is beside it.
struct message_facts {
  facts told;
  std::vector<facts> tickets; // one an event, the first ones
};

// How values are written: as they are, or for Slack, where "<", ">" and "&" mean something.
enum class escaping : std::uint8_t { none, slack };

class message_template {
public:
  // Names: those of facts.hpp; rule, action, severity, sink, count, tickets_count, more, feedback_url; the sections
  // tickets, burst, trigger, resolve. Errors: invalid_argument, naming what is wrong.
  static base::result<message_template> of(const std::string& text, escaping values);

  message_template(message_template&&) noexcept;
  message_template& operator=(message_template&&) noexcept;
  ~message_template();

  // At most bytes_max bytes, cut between characters.
  std::string render(const message_facts& about, std::size_t bytes_max);

private:
  struct parsed;
  explicit message_template(std::unique_ptr<parsed> p);
  std::unique_ptr<parsed> parsed_;
};

} // namespace cxstream::connectors
