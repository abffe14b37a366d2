// feedback_endpoint: /v1/feedback/{token}, where a link in a message leads. GET shows a page that asks; POST, which the
// page's button sends, records: an event on the ticket, by the normal way in. So nothing is recorded by what only looks
// at links. Thread-safe; the references given must outlive it.
//
// Invariants:
//  1. Without a genuine token nothing is shown of any ticket, and nothing is recorded.
//  2. A 200 to POST means that the event is durable; pressing twice records once.
#pragma once

#include "ports/clock.hpp"
#include "ports/feedback.hpp"
#include "ports/services.hpp"
#include "transport/http/http_exchange.hpp"

#include <memory>

namespace cxstream::transport {

class feedback_endpoint final : public http_handler {
public:
  feedback_endpoint(ports::feedback_reader& reader, ports::ingest_gate& gate, const ports::clock& clock)
      : reader_(reader), gate_(gate), clock_(clock) {
  }
  void handle(http_request request, std::shared_ptr<http_exchange> exchange) override;

private:
  ports::feedback_reader& reader_;
  ports::ingest_gate& gate_;
  const ports::clock& clock_;
};

} // namespace cxstream::transport
