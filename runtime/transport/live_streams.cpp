#include "transport/live_streams.hpp"

#include "transport/stream_reactor.hpp"

#include <string>
#include <vector>

namespace cxstream::transport {

base::result<void> live_streams::admit(const std::shared_ptr<stream_reactor>& stream) {
  const std::lock_guard lock(mutex_);
  if (closed_)
    return base::error{base::error_code::unavailable, "the node is shutting down: connect again, here or elsewhere"};
  if (streams_.size() >= streams_max_)
    return base::error{base::error_code::resource_exhausted,
                       "the node has " + std::to_string(streams_.size()) + " such streams open already: try later"};
  streams_.emplace(stream.get(), stream);
  return {};
}

void live_streams::forget(const stream_reactor* stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(stream);
}

void live_streams::close() {
  std::vector<std::shared_ptr<stream_reactor>> open;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (const auto& [raw, weak] : streams_)
      if (auto stream = weak.lock())
        open.push_back(std::move(stream));
  }
  for (const auto& stream : open)
    stream->drain();
}

bool live_streams::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::size_t live_streams::size() const {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

} // namespace cxstream::transport
