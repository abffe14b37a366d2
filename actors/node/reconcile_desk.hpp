// The comparisons of a node's sinks with their targets: at once when somebody asks, and by the clock where the
// configuration says so; one a sink at a time. Thread-safe.
#pragma once

#include "base/result.hpp"
#include "ports/services.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace cxstream::actors {

struct node_parts;
struct sink_setup;

class reconcile_desk {
public:
  explicit reconcile_desk(const node_parts& parts) : parts_(parts) {
  }
  // Begins what the configuration wants regularly.
  void start();
  // Errors: not_found, failed_precondition, and those of the comparison.
  void reconcile(v1::ReconcileRequest request, ports::reply<v1::ReconcileResponse> done);
  // Ends what runs; returns when it has ended or the time is over.
  void stop(std::chrono::milliseconds at_most);

private:
  const sink_setup* setup_of(const std::string& sink) const;
  void run(const sink_setup& setup, const v1::ReconcileRequest& request,
           const ports::reply<v1::ReconcileResponse>& done);
  void by_the_clock(const sink_setup& setup);

  const node_parts& parts_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<std::string> running_; // sinks
  std::vector<caf::actor> clocks_;
};

} // namespace cxstream::actors
