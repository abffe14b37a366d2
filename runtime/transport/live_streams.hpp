// live_streams: the streams of one service that are open, with a bound on their number. Thread-safe.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace cxstream::transport {

class stream_reactor;

class live_streams {
public:
  explicit live_streams(std::size_t streams_max) : streams_max_(streams_max) {
  }

  // Errors: unavailable after close(), resource_exhausted.
  base::result<void> admit(const std::shared_ptr<stream_reactor>& stream);
  void forget(const stream_reactor* stream);
  // Admits no more and asks every stream to come to its end.
  void close();
  bool closed() const;
  std::size_t size() const;

private:
  const std::size_t streams_max_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  std::unordered_map<const stream_reactor*, std::weak_ptr<stream_reactor>> streams_;
};

} // namespace cxstream::transport
