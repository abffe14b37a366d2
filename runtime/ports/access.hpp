// Who may do what. Transports ask the guard before anything else of a call is looked at.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::ports {

enum class permission : std::uint8_t {
  ingest,    // send events
  subscribe, // consume events under a subscription's name
  read,      // look at tickets, sinks, sources, dead letters
  operate,   // pause, seek, requeue, discard …; implies read
  admin,     // everything
};

// What a caller was let in for.
struct grant {
  std::string key_id;               // for logs; empty where no keys are in use
  std::vector<std::string> sources; // source systems it may send events of; empty: any
};

// Thread-safe.
class access_guard {
public:
  virtual ~access_guard() = default;
  // `key` is what the caller presented, empty without one; `resource` names the source or subscription, empty when it
  // is not known yet; `peer` is the caller's address, for its limit of wrong keys. Errors: unauthenticated,
  // permission_denied, resource_exhausted (too many wrong keys).
  virtual base::result<grant> check(std::string_view key, permission needed, std::string_view resource,
                                    std::string_view peer) = 0;
};

} // namespace cxstream::ports
