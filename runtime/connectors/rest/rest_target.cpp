#include "connectors/rest/rest_target.hpp"

#include "base/hash.hpp"

#include <array>

namespace cxstream::connectors::rest {

namespace {

using ports::delivery_outcome;
using ports::delivery_result;

// A header's value: what two events say of a ticket differs in it, a repeat does not.
std::string idempotency_key(const v1::CanonicalEvent& event) {
  std::string named;
  for (const auto& part :
       {event.ticket_id(), event.idempotency_key(), std::to_string(event.pipeline().ticket_sequence())})
    named.append(std::to_string(part.size())).append(":").append(part);
  return base::to_hex(base::xxh3_128(named));
}

} // namespace

target::target(target_settings settings, request_template templates)
    : settings_(std::move(settings)), templates_(std::move(templates)) {
}

base::result<void> target::open() {
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  return {};
}

base::result<std::vector<ports::target_position>> target::positions() {
  return std::vector<ports::target_position>{};
}

std::vector<delivery_outcome> target::deliver(std::span<const ports::delivery> events, base::timestamp now) {
  (void)open();
  return deliver_one_by_one(events, [&](const ports::delivery& delivery) { return write(delivery, now); });
}

void target::close() {
  http_.reset();
}

delivery_outcome target::write(const ports::delivery& delivery, base::timestamp now) {
  auto made = templates_.make(delivery, now);
  if (!made)
    return failed(delivery_result::unfit, made.err().message);
  http_request request;
  request.method = settings_.method;
  request.url = std::move(made->url);
  request.body = std::move(made->body);
  request.headers.emplace_back("Content-Type", settings_.content_type);
  if (!settings_.idempotency_header.empty())
    request.headers.emplace_back(settings_.idempotency_header, idempotency_key(templates_.event()));
  std::vector<security::secret*> secrets;
  if (settings_.authorization.is_set())
    secrets.push_back(&settings_.authorization);
  std::string token; // "Bearer <token>": an API may repeat it without the word before it
  auto said = send_authorized(*http_, secrets, [&](std::span<const std::string> values) {
    auto out = request;
    if (!values.empty()) {
      out.headers.emplace_back(settings_.auth_header, values[0]);
      token = values[0].substr(values[0].find(' ') + 1);
    }
    return base::result<http_request>(std::move(out));
  });
  said.mask.add(token);
  return outcome_under(settings_.rules, said);
}

} // namespace cxstream::connectors::rest
