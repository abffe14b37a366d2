// stream_listener: who listens to a client's stream, as long as it is there. Thread-safe: actors tell, the stream's end
// detaches.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace cxstream::actors {

template <class Listener>
class stream_listener {
public:
  explicit stream_listener(std::shared_ptr<Listener> inner) : inner_(std::move(inner)) {
  }

  // Calls `word` with the listener, unless the stream is gone.
  template <class Word>
  void tell(Word word) {
    const std::lock_guard lock(mutex_);
    if (inner_)
      word(*inner_);
  }
  void detach() {
    const std::lock_guard lock(mutex_);
    inner_.reset();
  }

private:
  std::recursive_mutex mutex_; // a listener may end its stream while it is told something
  std::shared_ptr<Listener> inner_;
};

} // namespace cxstream::actors
