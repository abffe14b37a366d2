#include "integration/harness/live_load.hpp"

#include "integration/harness/publish_client.hpp"

#include <gtest/gtest.h>

namespace cxstream::integration {

namespace {

constexpr int batch_events = 50;
constexpr auto pause = 150ms;

} // namespace

live_load::live_load(const node_process& node, event_of_number make)
    : make_(std::move(make)), thread_([this, &node] {
        while (!done_)
          publish_for_a_while(node);
      }) {
}

void live_load::end() {
  done_ = true;
  if (thread_.joinable())
    thread_.join();
}

// One stream; a call has a deadline, and the load goes on for longer.
void live_load::publish_for_a_while(const node_process& node) {
  publish_client client;
  const auto end = std::chrono::steady_clock::now() + 15s;
  client.publish(node.channel(), [&]() -> std::optional<std::vector<v1::CanonicalEvent>> {
    if (done_ || std::chrono::steady_clock::now() > end)
      return std::nullopt;
    std::vector<v1::CanonicalEvent> batch;
    for (int i = 0; i < batch_events; ++i)
      batch.push_back(make_(published_ + static_cast<std::uint64_t>(i)));
    std::this_thread::sleep_for(pause);
    published_ += batch.size();
    return batch;
  });
  EXPECT_TRUE(client.status().ok()) << client.status().error_message();
}

} // namespace cxstream::integration
