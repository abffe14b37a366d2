// waiting_intake: hands batches to the node, one after another, and waits until each is durable and decided. One batch
// is under way at a time, which is all the credit it takes. Used by one thread.
#pragma once

#include "ports/services.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <vector>

namespace cxstream::ports {

class waiting_intake {
public:
  waiting_intake(ingest_gate& gate, ingest_client client,
                 std::chrono::milliseconds patience = std::chrono::seconds{60});
  ~waiting_intake();

  // Results of the events first, then of the letters. Errors: unavailable, timeout, cancelled, and what the node says:
  // nothing is known of the batch, it is to be submitted again.
  base::result<v1::PublishResponse> submit(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused,
                                           const std::stop_token& stop);

private:
  class listener;

  ingest_gate& gate_;
  const ingest_client client_;
  const std::chrono::milliseconds patience_;
  std::shared_ptr<listener> listener_;
  std::shared_ptr<ingest_session> session_; // opened with the first batch, and anew after a failure
  std::uint64_t batch_ = 0;
};

} // namespace cxstream::ports
