// events_endpoint: POST /v1/events, the plain HTTP twin of gRPC Publish: canonical events as JSON, NDJSON or
// CloudEvents, answered one by one when the node has decided about all of them. Thread-safe; the references given must
// outlive it.
//
// Invariants:
//  1. A 200 or 202 means that every event and every dead letter is durable; results stand in the order of the events.
//  2. A body that can't be read at all is answered 400, and is a dead letter all the same.
#pragma once

#include "ports/services.hpp"
#include "transport/http/http_exchange.hpp"
#include "transport/http/http_guard.hpp"

#include <cstddef>
#include <memory>

namespace cxstream::transport {

class events_endpoint final : public http_handler {
public:
  // Named as the source of its dead letters; no configured source is named so.
  static constexpr const char* door = "/v1/events";

  // `guard`: whose key must be for ingest; null: anyone may send.
  explicit events_endpoint(ports::ingest_gate& gate, ports::access_guard* guard = nullptr,
                           std::size_t records_max = 16'384)
      : gate_(gate), guard_(guard), records_max_(records_max) {
  }
  void handle(http_request request, std::shared_ptr<http_exchange> exchange) override;

private:
  ports::ingest_gate& gate_;
  const http_guard guard_;
  const std::size_t records_max_;
};

} // namespace cxstream::transport
