#include "connectors/salesforce/salesforce_target.hpp"

#include "connectors/http/exchange_text.hpp"
#include "connectors/salesforce/bulk_job.hpp"
#include "connectors/salesforce/salesforce_records.hpp"

#include <algorithm>
#include <thread>

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
  if (settings_.bulk_from_records > 0 && !old_jobs_ended_)
    if (const auto failure = end_old_jobs(now)) {
      out.set_from(0, *failure);
      return std::move(out).take();
    }
  const auto send = [&](std::vector<crm_record>& records) {
    sort_by_group(records);
    const bool is_job = settings_.bulk_from_records > 0 && records.size() >= settings_.bulk_from_records;
    send_records(
        records, is_job ? settings_.bulk_records_max : settings_.batch_records_max,
        [&](std::span<const crm_record> some) { return is_job ? run_job(some, now) : upsert(some, now); }, out);
  };
  send_rounds(records_of(events, maker_, check_key, out), send, out);
  return std::move(out).take();
}

void target::close() {
  census_.reset();
  org_.reset();
}

ports::census* target::census_taker() {
  if (census_ || !compared_)
    return census_.get();
  (void)open();
  census_ = std::make_unique<record_census>(
      std::make_unique<record_reader>(*org_, settings_.into, compared_->names(), compared_->time_name()), maker_,
      *compared_);
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

batch_answer target::run_job(std::span<const crm_record> records, base::timestamp now) {
  constexpr int failures_max = 5; // in a row
  bulk_job job(settings_.into, records);
  const auto deadline = std::chrono::steady_clock::now() + settings_.bulk_timeout;
  for (int failures = 0; job.at() != bulk_job::stage::done;) {
    if (std::chrono::steady_clock::now() > deadline)
      job.give_up();
    if (job.is_waiting() || failures > 0)
      std::this_thread::sleep_for(settings_.bulk_poll);
    const auto failure = job.answer(org_->call([&](const session& at) { return job.next(at); }, now), org_->mask());
    failures = failure ? failures + 1 : 0;
    if (failures < failures_max)
      continue;
    old_jobs_ended_ = !job.is_left_behind();
    return failed_whole(*failure);
  }
  old_jobs_ended_ = !job.is_left_behind();
  if (job.refusal())
    return refused_whole(*job.refusal());
  auto out = job.outcomes();
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i].result != delivery_result::delivered)
      out[i].exchange = exchange_of(records[i], out[i]);
  return each_of(std::move(out));
}

std::optional<delivery_outcome> target::end_old_jobs(base::timestamp now) {
  const auto& into = settings_.into;
  const auto listed = org_->call([&](const session& at) { return list_jobs_request(at, into); }, now);
  const auto jobs = org_->current() ? unfinished_jobs(listed, into, org_->current()->user_id) : std::nullopt;
  const auto failure = [&](const http_answer& answer) {
    return delivery_outcome{delivery_result::unreachable,
                            "bulk jobs of before cannot be ended: " + reason_of(answer, org_->mask()), std::nullopt};
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
