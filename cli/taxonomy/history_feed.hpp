// A node's history, from the first event to those that were committed when reading began, read as a durable subscriber
// does: what was taken is acknowledged, and a feed that was interrupted goes on there under the same name. Owned by one
// thread; a second one reads the stream and a third one asks the node how much is left.
#pragma once

#include "client/connection.hpp"
#include "client/exit_code.hpp"
#include "terminal/progress.hpp"

#include "cxstream/v1/delivery.pb.h"
#include "cxstream/v1/event.pb.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace cxstream::cli {

struct feed_request {
  client::node_address node;
  std::string name; // of the subscription
  v1::Filter filter;
  std::string what; // for the progress
  terminal::progress_display::kind display = terminal::progress_display::kind::silent;
};

struct feed_end {
  client::exit_code code = client::exit_ok; // exit_ok: all of the history was taken
  std::string trouble;
};

class history_feed {
public:
  // Takes events that were not acknowledged before; false: they are not acknowledged, and the feed ends.
  using take_events = std::function<bool(std::span<const v1::CanonicalEvent>)>;

  explicit history_feed(feed_request request);

  feed_end run(const take_events& take);
  // Removes the subscription from the node; what is wrong when that failed.
  std::optional<std::string> forget();
  std::uint64_t events() const {
    return events_;
  }

private:
  class reader;
  class lookout;

  feed_end follow(reader& stream, const lookout& node, const take_events& take);
  void show(const lookout& node);

  feed_request request_;
  std::shared_ptr<grpc::Channel> channel_;
  terminal::progress_display display_;
  std::chrono::steady_clock::time_point began_;
  std::uint64_t events_ = 0;
};

} // namespace cxstream::cli
