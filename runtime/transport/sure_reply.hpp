// sure_reply: a callback for the node that answers even when the node drops it unused, so that no call outlives its
// use.
#pragma once

#include "ports/services.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace cxstream::transport {

template <class T>
ports::reply<T> sure_reply(ports::reply<T> done) {
  struct guard {
    ports::reply<T> done;
    std::atomic<bool> answered = false;

    explicit guard(ports::reply<T> d) : done(std::move(d)) {
    }
    ~guard() {
      answer(base::error{base::error_code::unavailable, "the node dropped the request, it may be shutting down"});
    }
    void answer(base::result<T> outcome) {
      if (!answered.exchange(true))
        done(std::move(outcome));
    }
  };
  return
      [kept = std::make_shared<guard>(std::move(done))](base::result<T> outcome) { kept->answer(std::move(outcome)); };
}

} // namespace cxstream::transport
