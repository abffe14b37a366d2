// Messages that operate a sink's partition or serve a connected consumer. See actors/messages.hpp.
#pragma once

#include "actors/messages/verdict.hpp"
#include "base/ids.hpp"
#include "ports/services.hpp"

#include <caf/meta/type_name.hpp>

#include <memory>
#include <string>

namespace cxstream::actors {

// node → subscriber: a stream was opened for it. Never leaves the node: a stream is where its socket is.
struct attach_stream {
  std::uint64_t stream = 0; // names the stream in detach_stream
  std::uint32_t credit_events = 0;
  std::string projection; // serialized Projection
  std::shared_ptr<ports::subscriber_listener> listener;
};

// node → subscriber: the stream is gone.
struct detach_stream {
  std::uint64_t stream = 0;

  template <class Inspector>
  friend auto inspect(Inspector& f, detach_stream& x) {
    return f(caf::meta::type_name("detach_stream"), x.stream);
  }
};

// node → subscriber: serialized AckEvents or NackEvents of the stream.
struct consumer_word {
  std::uint64_t stream = 0;
  bool refuses = false;
  std::string bytes;

  template <class Inspector>
  friend auto inspect(Inspector& f, consumer_word& x) {
    return f(caf::meta::type_name("consumer_word"), x.stream, x.refuses, x.bytes);
  }
};

} // namespace cxstream::actors
