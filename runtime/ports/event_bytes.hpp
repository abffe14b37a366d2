// event_bytes: a canonical event on its way to the sinks: its serialized bytes and the times of it that are measured.
// Immutable and shared, so that handing an event on copies nothing, and it lives as long as someone holds it. Cheap to
// copy; thread-safe as a value.
#pragma once

#include "base/time.hpp"

#include <memory>
#include <string>
#include <utility>

namespace cxstream::ports {

// The epoch where a time is not known.
struct event_times {
  base::timestamp occurred_at{};
  base::timestamp received_at{};
  base::timestamp committed_at{};

  bool operator==(const event_times&) const = default;
};

class event_bytes {
public:
  event_bytes() = default; // no bytes
  event_bytes(std::string bytes, const event_times& times = {})
      : it_(std::make_shared<const content>(content{std::move(bytes), times})) {
  }
  event_bytes(const char* bytes) : event_bytes(std::string(bytes)) {
  }

  // A serialized cxstream.v1.CanonicalEvent.
  const std::string& bytes() const {
    static const std::string none;
    return it_ ? it_->bytes : none;
  }
  operator const std::string&() const {
    return bytes();
  }
  event_times times() const {
    return it_ ? it_->times : event_times{};
  }

  friend bool operator==(const event_bytes& a, const event_bytes& b) {
    return a.bytes() == b.bytes();
  }

  template <class Inspector>
  friend auto inspect(Inspector& f, event_bytes& x) {
    auto bytes = x.bytes();
    auto occurred_us = base::to_us(x.times().occurred_at);
    auto received_us = base::to_us(x.times().received_at);
    auto committed_us = base::to_us(x.times().committed_at);
    if constexpr (Inspector::reads_state) {
      return f(bytes, occurred_us, received_us, committed_us);
    } else {
      auto result = f(bytes, occurred_us, received_us, committed_us);
      x = event_bytes(std::move(bytes),
                      {base::from_us(occurred_us), base::from_us(received_us), base::from_us(committed_us)});
      return result;
    }
  }

private:
  struct content {
    std::string bytes;
    event_times times;
  };
  std::shared_ptr<const content> it_;
};

} // namespace cxstream::ports
