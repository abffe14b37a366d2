// A source that goes on publishing from a thread of its own until it is told to end.
#pragma once

#include "integration/harness/node_process.hpp"

#include "cxstream/v1/event.pb.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

namespace cxstream::integration {

class live_load {
public:
  // `make` gives the event of a number; the numbers run from 0.
  using event_of_number = std::function<v1::CanonicalEvent(std::uint64_t)>;

  live_load(const node_process& node, event_of_number make);
  ~live_load() {
    end();
  }
  live_load(const live_load&) = delete;
  live_load& operator=(const live_load&) = delete;

  void end();
  std::uint64_t published() const {
    return published_;
  }

private:
  void publish_for_a_while(const node_process& node);

  event_of_number make_;
  std::atomic<bool> done_ = false;
  std::atomic<std::uint64_t> published_ = 0;
  std::thread thread_; // last
};

} // namespace cxstream::integration
