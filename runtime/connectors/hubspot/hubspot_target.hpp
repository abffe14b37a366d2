// The HubSpot sink: a record a ticket, upserted by a property with unique values. Owned by one worker thread.
//
// HubSpot has no "only if newer": what is written last stays. So a call has one event a ticket, each says what the
// ticket is at that moment, and the sink's lanes keep a ticket's events one after the other.
//
// Invariants:
//  1. No request names a record twice; HubSpot would refuse it.
//  2. When so much of the account's daily calls is used as the settings allow, nothing is sent for a while.
#pragma once

#include "connectors/crm/record_census.hpp"
#include "connectors/crm/records_of.hpp"
#include "connectors/http/authorized_call.hpp"
#include "connectors/hubspot/answer.hpp"
#include "connectors/hubspot/upsert.hpp"
#include "security/secrets/secret.hpp"

#include <memory>

namespace cxstream::connectors::hubspot {

struct target_settings {
  http_settings http;
  security::secret access_token; // of a private app
  shape into;
  std::size_t batch_records_max = hubspot::batch_records_max;
  std::size_t concurrency = 3;
  std::chrono::milliseconds search_spacing{250}; // five a second, of the whole account
  unsigned api_usage_percent_max = 90;           // of the account's calls in a day
};

class target final : public ports::target {
public:
  // Without a shape its records cannot be compared.
  target(target_settings settings, record_maker maker, std::optional<record_shape> compared);

  // Never fails: whether HubSpot is there shows in the first delivery.
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;
  ports::census* census_taker() override;

private:
  batch_answer upsert(std::span<const crm_record> records, base::timestamp now);

  target_settings settings_;
  record_maker maker_;
  std::optional<record_shape> compared_;
  std::unique_ptr<http_client> http_;
  std::unique_ptr<ports::census> census_; // over http_
  base::timestamp paused_until_{};
};

} // namespace cxstream::connectors::hubspot
