// Slack's incoming webhooks. Owned by one thread.
//
// Invariants:
//  1. The webhook's URL is a secret: who has it can write. It is in no error and no exchange.
//  2. Answers that say that the webhook or its channel is gone (403, 404, 410) are about the target and not the event:
//     unreachable, so the breaker opens and no event is lost.
#pragma once

#include "connectors/http/authorized_call.hpp"
#include "connectors/ops/ops_channel.hpp"

#include <memory>
#include <string>

namespace cxstream::connectors {

struct slack_settings {
  security::secret url;
  http_settings http;
};

// The body of a message: text in Slack's mrkdwn, already escaped.
std::string slack_body(const ops_message& message);
// What Slack's answer means.
ports::delivery_outcome slack_outcome(const http_exchange& said);

class slack_channel final : public ops_channel {
public:
  explicit slack_channel(slack_settings settings);
  ports::delivery_outcome say(const ops_message& message, base::timestamp now) override;
  void close() override;

private:
  slack_settings settings_;
  std::unique_ptr<http_client> http_;
};

} // namespace cxstream::connectors
