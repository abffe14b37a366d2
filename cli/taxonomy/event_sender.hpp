// Publishes events of cxstream's own in batches, each answered before the next: durable when send() returns. Waits for
// a node that is busy or away, and keeps to a rate. Owned by one thread.
#pragma once

#include "client/connection.hpp"

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ingest.grpc.pb.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::cli {

struct sent_counts {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0; // rejected, or told differently before
};

class event_sender {
public:
  // `rate`: events a second; 0: as fast as the node takes them.
  event_sender(const client::node_address& node, double rate);

  // False: interrupted, or given up (trouble() says why); the events may have been taken.
  bool send(const std::vector<v1::CanonicalEvent>& events);

  const sent_counts& counts() const {
    return counts_;
  }
  const grpc::Status& trouble() const {
    return trouble_;
  }
  // Why events were refused: the first few reasons.
  const std::vector<std::string>& refusals() const {
    return refusals_;
  }

private:
  bool publish(const v1::PublishRequest& request);
  void take(const v1::PublishRequest& request, const v1::PublishResponse& answer);
  bool wait_until(std::chrono::steady_clock::time_point time) const;

  std::unique_ptr<v1::IngestService::Stub> stub_;
  double rate_;
  std::chrono::steady_clock::time_point next_at_; // when the next event may be sent
  sent_counts counts_;
  grpc::Status trouble_;
  std::vector<std::string> refusals_;
};

} // namespace cxstream::cli
