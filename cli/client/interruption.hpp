// Ctrl-C and SIGTERM, as a flag: a command sees it at its next step and ends in order. The second one kills.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace cxstream::client {

// From the first call on, SIGINT and SIGTERM set the flag.
const std::atomic<bool>& interrupted();

// Calls `react` once, from a thread of its own, when the flag is set while this lives; for calls that block.
class interruption_watch {
public:
  explicit interruption_watch(std::function<void()> react);

private:
  std::jthread thread_;
};

} // namespace cxstream::client
