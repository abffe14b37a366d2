#include "protocols/import_job.hpp"

#include "base/error_table.hpp"
#include "model/revision.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::protocols {

namespace {

// A rest is cut into pieces so that a wish is soon seen.
constexpr base::duration rest_max{std::chrono::seconds{1}};

double rate_of(const v1::ImportJobRecord& record, const import_policy& policy) {
  const double wanted = record.job().rows_per_second_max();
  if (wanted <= 0 || policy.rows_per_s <= 0)
    return std::max(wanted, policy.rows_per_s);
  return std::min(wanted, policy.rows_per_s);
}

void add(v1::ImportCounts& to, const v1::ImportCounts& more) {
  to.set_rows(to.rows() + more.rows());
  to.set_accepted(to.accepted() + more.accepted());
  to.set_late(to.late() + more.late());
  to.set_duplicates(to.duplicates() + more.duplicates());
  to.set_conflicts(to.conflicts() + more.conflicts());
  to.set_rejected(to.rejected() + more.rejected());
  to.set_unreadable(to.unreadable() + more.unreadable());
  to.set_dropped(to.dropped() + more.dropped());
}

base::error not_now(const std::string& what) {
  return {base::error_code::failed_precondition, what};
}

} // namespace

import_job::import_job(v1::ImportJobRecord stored, const import_policy& policy)
    : record_(std::move(stored)), policy_(policy) {
  if (state() == v1::IMPORT_RUNNING)
    record_.mutable_job()->set_state(v1::IMPORT_QUEUED);
}

base::result<void> import_job::pause() {
  if (state() == v1::IMPORT_PAUSED)
    return {};
  if (state() != v1::IMPORT_QUEUED && state() != v1::IMPORT_RUNNING)
    return not_now("the job has come to its end; there is nothing to pause");
  record_.mutable_job()->set_state(v1::IMPORT_PAUSED);
  record_.mutable_job()->clear_problem();
  return {};
}

base::result<void> import_job::resume() {
  if (state() == v1::IMPORT_QUEUED || state() == v1::IMPORT_RUNNING)
    return {};
  if (state() != v1::IMPORT_PAUSED && state() != v1::IMPORT_FAILED)
    return not_now(
        "the job has come to its end and its file is gone; import the file again, what is in already is known");
  auto& job = *record_.mutable_job();
  job.set_state(v1::IMPORT_QUEUED);
  job.clear_problem();
  job.clear_finished_at();
  record_.set_refused_before(job.refused_rows());
  return {};
}

base::result<void> import_job::cancel(base::timestamp now) {
  if (state() == v1::IMPORT_CANCELLED)
    return {};
  if (state() == v1::IMPORT_DONE)
    return not_now("the job is done; what it brought in cannot be taken back");
  finish(v1::IMPORT_CANCELLED, now);
  return {};
}

import_effect import_job::begin(base::timestamp now) {
  runs_ = true;
  is_open_ = false;
  attempts_ = 0;
  seen_at_ = now;
  const auto rate = rate_of(record_, policy_);
  rate_.emplace(rate_policy{rate, 0, 0, 0}, now);
  // Not more at once than a second may have.
  batch_rows_ =
      rate <= 0 ? policy_.batch_rows : static_cast<std::uint32_t>(std::clamp<double>(rate, 1, policy_.batch_rows));
  auto& job = *record_.mutable_job();
  job.set_state(v1::IMPORT_RUNNING);
  job.clear_problem();
  if (!job.has_started_at())
    model::set_us(*job.mutable_started_at(), base::to_us(now));
  return store(now);
}

import_effect import_job::opened(base::timestamp now) {
  is_open_ = true;
  skipped_ = 0;
  return go_on(now);
}

import_effect import_job::skipped(std::uint64_t rows, bool at_end, base::timestamp now) {
  skipped_ += rows;
  if (at_end && skipped_ < record_.job().counts().rows())
    return failed({base::error_code::malformed, "the file has fewer rows than were read before"}, now);
  return go_on(now);
}

import_effect import_job::taken(const taken_rows& rows, base::timestamp now) {
  attempts_ = 0;
  auto& job = *record_.mutable_job();
  add(*job.mutable_counts(), rows.counts);
  skipped_ += rows.counts.rows();
  job.set_bytes_read(rows.bytes_read);
  job.set_refused_rows(job.refused_rows() + rows.refused);
  record_.set_rejects_bytes(rows.rejects_bytes);
  rate_->spend(now, rows.counts.rows(), 0);
  const auto refused = job.refused_rows() - record_.refused_before();
  if (state() != v1::IMPORT_RUNNING)
    return store(now);
  job.clear_problem();
  if (rows.at_end) {
    finish(v1::IMPORT_DONE, now);
  } else if (policy_.refused_max > 0 && refused >= policy_.refused_max) {
    job.set_state(v1::IMPORT_PAUSED);
    job.set_problem(std::to_string(refused) +
                    " rows were refused; look at the rejects, then resume the job or cancel it");
  }
  return store(now);
}

import_effect import_job::failed(const base::error& why, base::timestamp now) {
  if (state() != v1::IMPORT_RUNNING)
    return store(now); // what was wished holds; a file that is broken will say so again
  if (base::traits_of(why.code).retryable)
    return rest_after(why.message);
  finish(v1::IMPORT_FAILED, now);
  record_.mutable_job()->set_problem(why.message);
  return store(now);
}

import_effect import_job::stored(base::timestamp now) {
  unsaved_ = false;
  attempts_ = 0;
  if (state() != v1::IMPORT_RUNNING)
    return end_import{};
  return is_open_ ? go_on(now) : import_effect(open_import{record_.rejects_bytes()});
}

import_effect import_job::store_failed(const base::error& why) {
  return rest_after("how far it came cannot be stored: " + why.message);
}

import_effect import_job::woken(base::timestamp now) {
  if (unsaved_)
    return store_import{};
  if (state() != v1::IMPORT_RUNNING)
    return store(now);
  return is_open_ ? go_on(now) : import_effect(open_import{record_.rejects_bytes()});
}

import_effect import_job::go_on(base::timestamp now) {
  if (state() != v1::IMPORT_RUNNING)
    return store(now);
  const auto settled = record_.job().counts().rows();
  if (skipped_ < settled)
    return skip_rows{std::min<std::uint64_t>(policy_.skip_rows, settled - skipped_)};
  if (const auto wait = rate_->wait(now); wait > base::duration::zero())
    return rest_import{std::min(wait, rest_max)};
  return take_rows{batch_rows_};
}

import_effect import_job::store(base::timestamp now) {
  spend_time(now);
  unsaved_ = true;
  return store_import{};
}

import_effect import_job::rest_after(std::string why) {
  ++attempts_;
  if (state() == v1::IMPORT_RUNNING)
    record_.mutable_job()->set_problem(std::move(why));
  return rest_import{next_backoff(policy_.backoff, attempts_, std::nullopt, 0)};
}

void import_job::spend_time(base::timestamp now) {
  const auto spent = std::max(now - seen_at_, base::duration::zero());
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(spent);
  record_.mutable_job()->set_running_ms(record_.job().running_ms() + static_cast<std::uint64_t>(ms.count()));
  seen_at_ += ms;
  seen_at_ = std::min(seen_at_, now); // a clock that stepped back is believed
}

void import_job::finish(v1::ImportState state, base::timestamp now) {
  auto& job = *record_.mutable_job();
  job.set_state(state);
  job.clear_problem();
  model::set_us(*job.mutable_finished_at(), base::to_us(now));
}

} // namespace cxstream::protocols
