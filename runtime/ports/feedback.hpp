// Deliveries that their readers may call wrong: what a message's link stands for. Plain value, and who reads links.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace cxstream::ports {

// An event that a sink told people about.
struct told_delivery {
  std::string sink;
  std::string ticket_id;
  base::ticket_sequence sequence;
  base::timestamp told_at; // when the event became durable: the same however often it is delivered

  bool operator==(const told_delivery&) const = default;
};

// Thread-safe.
class feedback_reader {
public:
  virtual ~feedback_reader() = default;
  // What a link's token stands for. Errors: unauthenticated (not of this node), failed_precondition (too old),
  // unavailable (the key cannot be read now).
  virtual base::result<told_delivery> read(std::string_view token, base::timestamp now) = 0;
};

} // namespace cxstream::ports
