// event_bytes: a canonical event on its way to the sinks: its serialized bytes and the times of it that are measured.
// Immutable and shared, so that handing an event on copies nothing, and it lives as long as someone holds it. Cheap to
// copy; thread-safe as a value.
#pragma once

#include "base/time.hpp"

#include <memory>
#include <string>
#include <utility>

namespace cxstream::ports {

class event_bytes {
public:
  event_bytes() = default; // no bytes
  event_bytes(std::string bytes, base::timestamp occurred_at = {}, base::timestamp received_at = {})
      : it_(std::make_shared<const content>(content{std::move(bytes), occurred_at, received_at})) {
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
  // When it happened, and when it came in; the epoch where that is not known.
  base::timestamp occurred_at() const {
    return it_ ? it_->occurred_at : base::timestamp{};
  }
  base::timestamp received_at() const {
    return it_ ? it_->received_at : base::timestamp{};
  }

  friend bool operator==(const event_bytes& a, const event_bytes& b) {
    return a.bytes() == b.bytes();
  }

  template <class Inspector>
  friend auto inspect(Inspector& f, event_bytes& x) {
    auto bytes = x.bytes();
    auto occurred_us = base::to_us(x.occurred_at());
    auto received_us = base::to_us(x.received_at());
    if constexpr (Inspector::reads_state) {
      return f(bytes, occurred_us, received_us);
    } else {
      auto result = f(bytes, occurred_us, received_us);
      x = event_bytes(std::move(bytes), base::from_us(occurred_us), base::from_us(received_us));
      return result;
    }
  }

private:
  struct content {
    std::string bytes;
    base::timestamp occurred_at;
    base::timestamp received_at;
  };
  std::shared_ptr<const content> it_;
};

} // namespace cxstream::ports
