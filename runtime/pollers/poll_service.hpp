// poll_service: the pollers of all sources that are polled, a thread each. start() → stop(); what it is given must
// outlive it.
#pragma once

#include "pollers/poller.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cxstream::pollers {

struct poll_options {
  std::uint64_t seed = 0; // of the jitter
  std::string user_agent = "cxstream";
};

class poll_service {
public:
  // Errors: invalid_argument, naming the source and its setting.
  static base::result<std::unique_ptr<poll_service>> start(std::vector<polled_source> sources,
                                                           const poll_services& services, const poll_options& options);
  ~poll_service();
  // Returns when no poller touches anything any more; what was under way is asked for again after the next start.
  void stop();

private:
  poll_service() = default;
  std::vector<std::unique_ptr<poller>> pollers_;
};

} // namespace cxstream::pollers
