#include "connectors/salesforce/salesforce_target.hpp"

#include "connectors/http/exchange_text.hpp"
#include "connectors/salesforce/salesforce_records.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::connectors::salesforce {

namespace {

using ports::delivery_outcome;
using ports::delivery_result;

constexpr std::size_t key_bytes_max = 255; // of an External ID field

std::optional<std::string> check_key(const crm_record& record) {
  if (record.key.size() > key_bytes_max)
    return "the ticket's id has " + std::to_string(record.key.size()) + " bytes; an external id has at most " +
           std::to_string(key_bytes_max);
  return std::nullopt;
}

} // namespace

target::target(target_settings settings, record_maker maker, std::optional<record_shape> compared)
    : settings_(std::move(settings)), maker_(std::move(maker)), compared_(std::move(compared)) {
}

base::result<void> target::open() {
  if (!org_)
    org_ = std::make_unique<connection>(settings_.http, settings_.login, settings_.secret);
  return {};
}

base::result<std::vector<ports::target_position>> target::positions() {
  return std::vector<ports::target_position>{};
}

std::vector<delivery_outcome> target::deliver(std::span<const ports::delivery> events, base::timestamp now) {
  outcomes out(events);
  (void)open();
  if (now < paused_until_) {
    out.set_from(0, {delivery_result::throttled, "so much of the org's API calls is used as api_usage_max allows",
                     std::chrono::ceil<std::chrono::milliseconds>(paused_until_ - now)});
    return std::move(out).take();
  }
  std::map<place, delivery_outcome> known;
  if (job_) {
    if (const auto waits = go_on(first_look::now, now)) {
      out.set_from(0, *waits);
      return std::move(out).take();
    }
    known = take_job();
  }
  const auto send = [&](std::vector<crm_record>& records) {
    std::erase_if(records, [&](const crm_record& record) {
      const auto found = known.find({events[record.event].partition, events[record.event].offset});
      if (found != known.end())
        out.set(record.event, found->second);
      return found != known.end();
    });
    if (records.empty())
      return;
    if (settings_.bulk_from_records > 0 && !old_jobs_ended_)
      if (const auto failure = end_old_jobs(now)) {
        for (const auto& record : records)
          out.set(record.event, *failure);
        return;
      }
    sort_by_group(records);
    const bool is_job = settings_.bulk_from_records > 0 && records.size() >= settings_.bulk_from_records;
    send_records(
        records, is_job ? settings_.bulk_records_max : settings_.batch_records_max,
        [&](std::span<const crm_record> some) { return is_job ? start_job(some, events, now) : upsert(some, now); },
        out);
  };
  send_rounds(records_of(events, maker_, check_key, out), send, out);
  return std::move(out).take();
}

void target::close() {
  leave_job();
  census_.reset();
  org_.reset();
}

ports::census* target::census_taker() {
  if (census_ || !compared_)
    return census_.get();
  (void)open();
  census_ = std::make_unique<record_census>(std::make_unique<record_reader>(*org_, settings_.into, compared_->names(),
                                                                            compared_->time_name(),
                                                                            [this] { return job_ != nullptr; }),
                                            maker_, *compared_);
  return census_.get();
}

batch_answer target::upsert(std::span<const crm_record> records, base::timestamp now) {
  const auto answer = org_->call([&](const session& at) { return upsert_request(at, settings_.into, records); }, now);
  if (const auto& usage = org_->usage(); usage && usage->reaches(settings_.api_usage_percent_max))
    paused_until_ = now + limit_pause;
  auto read = read_upsert(answer, kind_of(settings_.into, records), records.size(), org_->mask());
  for (std::size_t i = 0; i < read.records.size() && i < records.size(); ++i)
    if (read.records[i].result != delivery_result::delivered)
      read.records[i].exchange = exchange_of(records[i], read.records[i]);
  if (read.is == batch_answer::verdict::refused && records.size() == 1 && org_->current())
    read.whole.exchange =
        exchange_text(upsert_request(org_->current()->at, settings_.into, records), answer, org_->mask());
  return read;
}

// As far as it goes without waiting. While a job runs there is no other.
batch_answer target::start_job(std::span<const crm_record> records, std::span<const ports::delivery> events,
                               base::timestamp now) {
  if (job_)
    return failed_whole({delivery_result::deferred, "another bulk job is running", settings_.bulk_poll});
  std::vector<place> places;
  for (const auto& record : records)
    places.emplace_back(events[record.event].partition, events[record.event].offset);
  job_ = std::make_unique<running_job>(settings_.into, std::vector(records.begin(), records.end()), std::move(places),
                                       now);
  if (auto waits = go_on(first_look::later, now))
    return failed_whole(*std::move(waits));
  const auto refusal = job_->job.refusal();
  if (refusal) {
    leave_job();
    return refused_whole(*refusal);
  }
  auto out = outcomes_of_job();
  job_.reset();
  return each_of(std::move(out));
}

// Makes the job's next requests. Nothing when it has ended; else what its events have to wait for. A job that runs is
// looked at once a call.
std::optional<delivery_outcome> target::go_on(first_look look, base::timestamp now) {
  constexpr int failures_max = 5;
  auto& job = job_->job;
  if (now - job_->begun >= settings_.bulk_timeout)
    job.give_up();
  bool may_look = look == first_look::now;
  while (job.at() != bulk_job::stage::done) {
    if (job.is_waiting() && !std::exchange(may_look, false))
      return delivery_outcome{delivery_result::deferred, "the bulk job is running", settings_.bulk_poll};
    // A job that may or may not have been made or filled is not made or filled again.
    const bool is_new = job.at() == bulk_job::stage::create || job.at() == bulk_job::stage::upload;
    const auto failure = job.answer(org_->call([&](const session& at) { return job.next(at); }, now), org_->mask());
    if (!failure) {
      job_->failures = 0;
      continue;
    }
    if (is_new || ++job_->failures == failures_max)
      leave_job();
    return failure;
  }
  return std::nullopt;
}

// One a record. Precondition: the job has ended, and was not refused.
std::vector<delivery_outcome> target::outcomes_of_job() {
  auto out = job_->job.outcomes();
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i].result != delivery_result::delivered)
      out[i].exchange = exchange_of(job_->records[i], out[i]);
  return out;
}

std::map<target::place, delivery_outcome> target::take_job() {
  std::map<place, delivery_outcome> out;
  auto outcomes = outcomes_of_job();
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    out.emplace(job_->places[i], std::move(outcomes[i]));
  job_.reset();
  return out;
}

// It is aborted before anything else is sent, if it still runs then.
void target::leave_job() {
  if (job_)
    old_jobs_ended_ = false;
  job_.reset();
}

std::optional<delivery_outcome> target::end_old_jobs(base::timestamp now) {
  const auto& into = settings_.into;
  const auto listed = org_->call([&](const session& at) { return list_jobs_request(at, into); }, now);
  const auto jobs = org_->current() ? unfinished_jobs(listed, into, org_->current()->user_id) : std::nullopt;
  const auto failure = [&](const http_answer& answer) {
    const auto read = read_upsert(answer, request_kind::collection, 0, org_->mask());
    const bool wants_pause =
        read.is == batch_answer::verdict::failed && read.whole.result == delivery_result::throttled;
    return delivery_outcome{wants_pause ? delivery_result::throttled : delivery_result::unreachable,
                            "bulk jobs of before cannot be ended: " + reason_of(answer, org_->mask()),
                            wants_pause ? read.whole.retry_after : std::nullopt};
  };
  if (!jobs)
    return failure(listed);
  for (const auto& job : *jobs) {
    const auto answer = org_->call([&](const session& at) { return abort_request(at, into, job); }, now);
    if (answer.end != call_end::answered || (answer.status != 200 && answer.status != 400))
      return failure(answer); // 400: it has ended by itself
  }
  old_jobs_ended_ = true;
  return std::nullopt;
}

// The record's part of what was said.
std::string target::exchange_of(const crm_record& record, const delivery_outcome& outcome) const {
  if (!org_->current())
    return {};
  http_answer answer;
  answer.status = 200;
  answer.body = outcome.reason;
  return exchange_text(upsert_request(org_->current()->at, settings_.into, std::span(&record, 1)), answer,
                       org_->mask());
}

} // namespace cxstream::connectors::salesforce
