// The Salesforce sink: a record a ticket, upserted by its external id. Owned by one worker thread.
//
// Salesforce has no "only if newer": what is written last stays. So a call has one event a ticket, each says what the
// ticket is at that moment, and the sink's lanes keep a ticket's events one after the other.
//
// Invariants:
//  1. When so much of the org's daily API calls is used as the settings allow, nothing is sent for a while.
//  2. With bulk jobs, nothing is sent before every job of a former life has ended: it could write what is old by now.
//  3. No call waits for a job. Its events are `deferred` and ask for it when they come again; until it has ended
//  nothing
//     else is sent, because a job writes when it likes.
#pragma once

#include "connectors/crm/record_census.hpp"
#include "connectors/crm/records_of.hpp"
#include "connectors/salesforce/bulk_job.hpp"
#include "connectors/salesforce/connection.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace cxstream::connectors::salesforce {

struct target_settings {
  http_settings http;
  login_settings login;
  security::secret secret; // the consumer secret, or the private key
  shape into;
  std::size_t batch_records_max = collection_records_max;
  std::size_t concurrency = 4;
  unsigned api_usage_percent_max = 90;   // of the org's calls in 24 hours
  std::size_t bulk_from_records = 0;     // calls with so many records become a job; 0: never
  std::size_t bulk_records_max = 10'000; // in one job
  std::chrono::milliseconds bulk_poll{5'000};
  std::chrono::milliseconds bulk_timeout{600'000};
};

class target final : public ports::target {
public:
  // Without a shape its records cannot be compared.
  target(target_settings settings, record_maker maker, std::optional<record_shape> compared);

  // Never fails: whether Salesforce is there shows in the first delivery.
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;
  ports::census* census_taker() override;

private:
  using place = std::pair<base::partition_id, base::log_offset>; // of an event in the log
  // A job and what it is about. It stays where it is: the job looks at the records.
  struct running_job {
    running_job(const shape& into, std::vector<crm_record> what, std::vector<place> from, base::timestamp now)
        : records(std::move(what)), places(std::move(from)), job(into, records), begun(now) {
    }
    std::vector<crm_record> records;
    std::vector<place> places; // of the records' events
    bulk_job job;
    base::timestamp begun;
    int failures = 0; // of its requests, in a row
  };
  enum class first_look : bool { now, later };

  batch_answer upsert(std::span<const crm_record> records, base::timestamp now);
  batch_answer start_job(std::span<const crm_record> records, std::span<const ports::delivery> events,
                         base::timestamp now);
  std::optional<ports::delivery_outcome> go_on(first_look look, base::timestamp now);
  std::vector<ports::delivery_outcome> outcomes_of_job();
  std::map<place, ports::delivery_outcome> take_job();
  void leave_job();
  std::optional<ports::delivery_outcome> end_old_jobs(base::timestamp now);
  std::string exchange_of(const crm_record& record, const ports::delivery_outcome& outcome) const;

  target_settings settings_;
  record_maker maker_;
  std::optional<record_shape> compared_;
  std::unique_ptr<connection> org_;
  std::unique_ptr<ports::census> census_; // over org_
  base::timestamp paused_until_{};
  bool old_jobs_ended_ = false;
  std::unique_ptr<running_job> job_;
};

} // namespace cxstream::connectors::salesforce
