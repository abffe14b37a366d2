// The Zendesk sink: custom fields and tags back on the ticket that the events are about. Owned by one worker thread.
//
// One update a ticket and not update_many: that one answers before it has done anything, so that a failure would come
// when the events are long counted as delivered, and it does not promise tags in batches. Updates are not guarded by
// updated_stamp: only fields that belong to cxstream are written, and a guard would make them fail whenever an agent
// types.
//
// Invariants:
//  1. A ticket that is not there is never made.
//  2. An event is delivered when its fields and its tags are there; a repeat changes nothing.
#pragma once

#include "connectors/crm/single_write.hpp"
#include "connectors/zendesk/ticket_update.hpp"

#include <memory>
#include <string>

namespace cxstream::connectors::zendesk {

struct target_settings {
  http_settings http;
  std::string url;   // https://<subdomain>.zendesk.com, without a slash at the end
  std::string email; // of the agent whose API token it is; empty: the token is an OAuth access token
  security::secret token;
  signal_tags tags;
  std::size_t concurrency = 4;
};

class target final : public ports::target {
public:
  target(target_settings settings, record_maker maker);

  // Never fails: whether Zendesk is there shows in the first delivery.
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;

private:
  using maker_of_request = std::function<http_request(std::string_view authorization)>;

  ports::delivery_outcome write(const ports::delivery& delivery);
  ports::delivery_outcome write_tags(const std::string& ticket, const signal_tags::change& change);
  http_exchange call(const maker_of_request& make);

  target_settings settings_;
  record_maker maker_;
  std::unique_ptr<http_client> http_;
};

} // namespace cxstream::connectors::zendesk
