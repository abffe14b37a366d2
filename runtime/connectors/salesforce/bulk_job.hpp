// One job of Bulk API 2.0, from its creation to its results: which request comes next, and what became of the records.
// Pure: no clock, no connection.
//
// Invariants:
//  1. A record has an outcome only after Salesforce has said that it will not touch it any more: a job that takes too
//  long
//     is aborted, and its results are read then. Until that is known the job has no outcomes.
//  2. A job that is given up before it was closed wrote nothing.
#pragma once

#include "connectors/crm/record.hpp"
#include "connectors/http/answer_outcome.hpp"
#include "connectors/salesforce/upsert.hpp"
#include "ports/target.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxstream::connectors::salesforce {

class bulk_job {
public:
  enum class stage : std::uint8_t {
    create,
    upload,
    close,
    poll,
    abort,
    successes,
    failures,
    done, // outcomes() are known, or refusal()
  };

  // The records outlive the job.
  bulk_job(shape of, std::span<const crm_record> records);

  stage at() const {
    return stage_;
  }
  // Whether a pause is wanted before the next request.
  bool is_waiting() const {
    return stage_ == stage::poll && polled_;
  }
  // Precondition: not done.
  http_request next(const session& at) const;
  // What next() was answered. Nothing when the job goes on; else a failure of the request that ends this attempt: the
  // same request is next again.
  std::optional<ports::delivery_outcome> answer(const http_answer& answer, const secret_mask& mask);
  // It takes too long: it is aborted next, if it is still running.
  void give_up();
  // Whether there is a job at Salesforce that has not ended, as far as is known.
  bool is_left_behind() const {
    return !id_.empty() && ended_.empty();
  }
  // The upload was refused because of what is in it; nothing was written.
  const std::optional<ports::delivery_outcome>& refusal() const {
    return refusal_;
  }
  // One a record, in order. Precondition: done, and no refusal.
  const std::vector<ports::delivery_outcome>& outcomes() const {
    return outcomes_;
  }

private:
  std::optional<ports::delivery_outcome> take(const http_answer& answer, const secret_mask& mask);
  std::optional<ports::delivery_outcome> take_state(const http_answer& answer);
  std::optional<ports::delivery_outcome> take_results(const http_answer& answer, const secret_mask& mask);

  shape shape_;
  std::span<const crm_record> records_;
  stage stage_ = stage::create;
  bool polled_ = false;
  std::string id_;
  std::string locator_; // of the next part of the results
  std::string ended_;   // the state in which the job ended, and why
  std::vector<ports::delivery_outcome> outcomes_;
  std::optional<ports::delivery_outcome> refusal_;
};

// The user's jobs of an object that are not finished: those of a process that is no more. They could write what is old
// by now, so they are aborted before anything is sent.
http_request list_jobs_request(const session& at, const shape& of);
// Their ids. Nothing when the answer cannot be read.
std::optional<std::vector<std::string>> unfinished_jobs(const http_answer& answer, const shape& of,
                                                        std::string_view user_id);
http_request abort_request(const session& at, const shape& of, std::string_view job_id);

} // namespace cxstream::connectors::salesforce
