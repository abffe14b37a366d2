// PagerDuty's Events API v2. Owned by one thread.
//
// Invariants:
//  1. Messages about the same trouble have the same dedup_key, so PagerDuty makes one alert of them while it is open,
//  and
//     a resolve finds it. A key that would be too long is shortened with a hash of the whole.
//  2. The routing key is a secret.
#pragma once

#include "connectors/http/authorized_call.hpp"
#include "connectors/ops/ops_channel.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace cxstream::connectors {

struct pagerduty_settings {
  std::string url = "https://events.pagerduty.com/v2/enqueue";
  security::secret routing_key;
  std::string client = "cxstream";
  http_settings http;
};

// The request's body.
std::string pagerduty_body(const ops_message& message, std::string_view routing_key, std::string_view client);
// 202 is delivered; 400 is final, unless it is about the routing key: that is the target's matter and not the event's
// (unreachable). 403 (the old sign for too much), 429 and 5xx pass.
ports::delivery_outcome pagerduty_outcome(const http_exchange& said);

class pagerduty_channel final : public ops_channel {
public:
  explicit pagerduty_channel(pagerduty_settings settings);
  ports::delivery_outcome say(const ops_message& message, base::timestamp now) override;
  void close() override;

private:
  pagerduty_settings settings_;
  std::unique_ptr<http_client> http_;
};

} // namespace cxstream::connectors
