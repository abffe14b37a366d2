// A PublishRequest put together from serialized events, without building a message. Plain values.
#pragma once

#include <grpcpp/support/slice.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::client {

struct event_batch {
  std::uint64_t id = 0;
  std::uint32_t events = 0;
  grpc::Slice bytes;                           // the request; shared, not copied, when it is sent again
  std::chrono::steady_clock::time_point due{}; // when its events should have been sent: latency counts from here
};

class batch_builder {
public:
  void add(std::string_view serialized_event);

  std::uint32_t events() const {
    return events_;
  }
  std::size_t size_bytes() const {
    return bytes_.size();
  }
  // The batch of what was added since the last call.
  event_batch finish(std::uint64_t id, std::chrono::steady_clock::time_point due);

private:
  std::string bytes_;
  std::uint32_t events_ = 0;
};

} // namespace cxstream::client
