// Bounded waiting for something that another process does.
#pragma once

#include <chrono>
#include <concepts>
#include <thread>

namespace cxstream::integration {

// Asks again and again until it is so. False when it did not become so within the time.
template <std::predicate Condition>
[[nodiscard]] bool eventually(std::chrono::milliseconds within, Condition&& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

} // namespace cxstream::integration
