// intake_budget: the bytes that all ingest streams of a node together may hold unanswered (promise P8). Thread-safe.
//
// Invariants:
//  1. A stream that found the budget spent is woken once when there is room again.
//  2. The bytes held never exceed bytes_max by more than one message a stream: a message's size is known only when it
//  came.
//  3. wake() is called without a lock of the budget held.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace cxstream::transport {

// Waits for room.
class budget_waiter {
public:
  virtual ~budget_waiter() = default;
  virtual void wake() = 0;
};

class intake_budget {
public:
  explicit intake_budget(std::uint64_t bytes_max) : bytes_max_(bytes_max) {
  }

  void take(std::uint64_t bytes);
  void give(std::uint64_t bytes);
  bool open() const;
  // open(), and when it is not, the waiter will be woken.
  bool open_or_wait(const std::weak_ptr<budget_waiter>& waiter);

private:
  const std::uint64_t bytes_max_;
  mutable std::mutex mutex_;
  std::uint64_t held_ = 0;
  std::vector<std::weak_ptr<budget_waiter>> waiting_;
};

} // namespace cxstream::transport
