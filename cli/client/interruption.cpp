#include "client/interruption.hpp"

#include <chrono>
#include <csignal>

namespace cxstream::client {

namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler may only touch what is lock-free");

void on_signal(int signal) {
  flag.store(true, std::memory_order_relaxed);
  std::signal(signal, SIG_DFL);
}

} // namespace

const std::atomic<bool>& interrupted() {
  static const auto installed = [] {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    return true;
  }();
  static_cast<void>(installed);
  return flag;
}

interruption_watch::interruption_watch(std::function<void()> react)
    : thread_([react = std::move(react)](const std::stop_token& stop) {
        const auto& seen = interrupted();
        while (!stop.stop_requested() && !seen.load(std::memory_order_relaxed))
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
        if (!stop.stop_requested())
          react();
      }) {
}

} // namespace cxstream::client
