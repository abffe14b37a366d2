// The REST sink: one request an event, made by templates, for APIs that have no connector of their own. Owned by one
// worker thread.
//
// Invariants:
//  1. The idempotency header is the event's key and ticket: a repeat of what the sink sends has the same.
//  2. What cannot be made into a request is `unfit`, and nothing was sent.
#pragma once

#include "connectors/crm/single_write.hpp"
#include "connectors/rest/answer_rules.hpp"
#include "connectors/rest/request_template.hpp"

#include <memory>
#include <string>

namespace cxstream::connectors::rest {

struct target_settings {
  http_settings http;
  std::string method = "PUT";
  std::string content_type = "application/json";
  std::string auth_header = "Authorization";          // name of the header that carries the secret
  security::secret authorization;                     // its value; none: no such header
  std::string idempotency_header = "Idempotency-Key"; // empty: none
  answer_rules rules;
  std::size_t concurrency = 4;
};

class target final : public ports::target {
public:
  target(target_settings settings, request_template templates);

  // Never fails: whether the API is there shows in the first delivery.
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;

private:
  ports::delivery_outcome write(const ports::delivery& delivery, base::timestamp now);

  target_settings settings_;
  request_template templates_;
  std::unique_ptr<http_client> http_;
};

} // namespace cxstream::connectors::rest
