// Opsgenie's alert API v2. Owned by one thread.
//
// Invariants:
//  1. Messages about the same trouble have the same alias: Opsgenie counts a repeat instead of making another alert,
//  and
//     closing it finds it. Closing one that is not there is accepted too.
//  2. 202 means that Opsgenie has taken the request; it processes it afterwards.
#pragma once

#include "connectors/http/authorized_call.hpp"
#include "connectors/ops/ops_channel.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace cxstream::connectors {

struct opsgenie_settings {
  std::string url = "https://api.opsgenie.com"; // or https://api.eu.opsgenie.com
  security::secret api_key;
  std::string responders; // names of teams, separated by commas; empty: Opsgenie's own routing
  http_settings http;
};

// The request: an alert, or its end.
http_request opsgenie_request(const ops_message& message, const opsgenie_settings& settings, std::string_view api_key);
// A key that is refused (401, 403) is about the target and not the event: unreachable.
ports::delivery_outcome opsgenie_outcome(const http_exchange& said);

class opsgenie_channel final : public ops_channel {
public:
  explicit opsgenie_channel(opsgenie_settings settings);
  ports::delivery_outcome say(const ops_message& message, base::timestamp now) override;
  void close() override;

private:
  opsgenie_settings settings_;
  std::unique_ptr<http_client> http_;
};

} // namespace cxstream::connectors
