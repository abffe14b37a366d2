// A source of events that keeps account outside the node: what was sent, and what the node said became of it. A batch
// that was not answered is sent again, before any later one, until it is answered.
#pragma once

#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ingest.pb.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <grpcpp/channel.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::integration {

// An event and the answer it got.
struct acked_event {
  v1::CanonicalEvent event;
  v1::EventResult result;
};

class publish_client {
public:
  // Gives the next batch, or nothing when there is no more.
  using batch_source = std::function<std::optional<std::vector<v1::CanonicalEvent>>()>;

  // Streams until the source has no more and all is answered, or the stream breaks. Afterwards status() says which.
  void publish(const std::shared_ptr<grpc::Channel>& channel, const batch_source& source);
  // Of the last stream; OK when everything was answered.
  const grpc::Status& status() const {
    return status_;
  }
  // Accepted or known, by (ticket, idempotency_key).
  const std::map<std::pair<std::string, std::string>, acked_event>& acked() const {
    return acked_;
  }
  // Answers that contradict earlier ones, or were not expected at all; must stay empty.
  const std::vector<std::string>& contradictions() const {
    return contradictions_;
  }
  // Known events that were answered DUPLICATE.
  std::uint64_t duplicates() const {
    return duplicates_;
  }

private:
  // Batches are answered in any order. How many this answers: one, or none.
  std::size_t settle(const v1::PublishResponse& answer);
  void take(const v1::CanonicalEvent& event, const v1::EventResult& result);

  std::deque<v1::PublishRequest> unanswered_;
  std::uint64_t next_batch_id_ = 1;
  std::uint64_t duplicates_ = 0;
  std::map<std::pair<std::string, std::string>, acked_event> acked_;
  std::vector<std::string> contradictions_;
  grpc::Status status_;
};

} // namespace cxstream::integration
