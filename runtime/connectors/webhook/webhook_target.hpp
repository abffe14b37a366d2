// The webhook sink: HTTP POST of JSON, signed as Standard Webhooks 1.0.0. Owned by one worker thread.
//
// A batch of one:  {"type": <event_type>, "timestamp": <occurred_at>, "data": {<projected event>}}
// A larger batch:  {"type": "cx.batch", "timestamp": <now>, "data": [{<projected event>}, …]}
//
// With envelope: cloudevents, a CloudEvent or an array of them instead.
//
// Invariants:
//  1. webhook-id is made of the tickets and idempotency keys in the body and of nothing else: a repeat has the same id,
//  and a
//     receiver that remembers ids takes an event once.
//  2. An answer is about the whole call: with a batch every event gets the same outcome, later ones of a ticket are
//  skipped.
//  3. When the target is unreachable or asks for a pause, nothing more is tried in that deliver().
#pragma once

#include "connectors/encoding/event_body.hpp"
#include "connectors/http/authorized_call.hpp"
#include "connectors/outcomes.hpp"
#include "connectors/webhook/signature.hpp"

#include <memory>
#include <string>

namespace cxstream::connectors {

struct webhook_settings {
  std::string url;
  http_settings http;
  std::size_t batch_events_max = 1;
  std::size_t concurrency = 8;
  security::secret authorization; // value of the Authorization header
  security::secret signature;     // secrets that sign, as signer::of() reads them; none: unsigned
};

class webhook_target final : public ports::target {
public:
  webhook_target(webhook_settings settings, event_body body);

  // Never fails: whether the target is there shows in the first delivery.
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;

private:
  // A request being made, and the events in it.
  struct message {
    std::string keys; // what webhook-id is made of
    std::string type;
    std::string timestamp;
    std::string data; // JSON objects separated by commas
    std::vector<std::size_t> events;
  };
  message gather(std::span<const ports::delivery> events, std::size_t from, base::timestamp now, outcomes& out);
  ports::delivery_outcome post(const message& m, base::timestamp now);

  webhook_settings settings_;
  std::string body_of(const message& m, base::timestamp now) const;
  std::string_view content_type() const;

  event_body body_;
  std::unique_ptr<http_client> http_;
};

} // namespace cxstream::connectors
