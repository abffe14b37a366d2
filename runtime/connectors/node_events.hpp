// The way in for events that connectors make: an ingest session of the node for each. Thread-safe.
#pragma once

#include "ports/own_events.hpp"
#include "ports/services.hpp"

#include <chrono>
#include <mutex>

namespace cxstream::connectors {

class node_events final : public ports::own_events {
public:
  explicit node_events(std::chrono::milliseconds patience = std::chrono::milliseconds{2'000}) : patience_(patience) {
  }
  // Where events go; until then, and after detach(), publish() is unavailable. The gate outlives detach().
  void attach(ports::ingest_gate& gate);
  void detach();

  base::result<void> publish(const v1::CanonicalEvent& event) override;

private:
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  ports::ingest_gate* gate_ = nullptr;
};

} // namespace cxstream::connectors
