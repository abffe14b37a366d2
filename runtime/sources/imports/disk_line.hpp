// disk_line: a thread that does what waits for the disk, so that those who talk to clients need not: one thing after
// another, in the order asked. Its queue is bounded by its users: each upload, and each question, has one thing in it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace cxstream::sources {

class disk_line {
public:
  using work = std::function<void()>;

  disk_line() : thread_([this](const std::stop_token& stop) { run(stop); }) {
  }
  // Does what was asked for before, then ends.
  ~disk_line() {
    thread_.request_stop();
  }
  disk_line(const disk_line&) = delete;
  disk_line& operator=(const disk_line&) = delete;

  void post(work what) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(what));
    asked_.notify_one();
  }

private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (asked_.wait(lock, stop, [&] { return !queue_.empty(); }) || !queue_.empty()) {
      auto what = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      what();
      what = nullptr; // what it holds goes before the lock is taken again
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any asked_;
  std::deque<work> queue_;
  std::jthread thread_; // last: it uses all of the above
};

} // namespace cxstream::sources
