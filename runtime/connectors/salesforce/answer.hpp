// What Salesforce answers, and what that means for the records of a request. Pure.
//
// Whole-request errors are told apart by who must act: a record (bisect until it is alone), time (transient,
// throttled), or the administrator (a field or object that is not there, no permission, storage full: the target counts
// as unreachable, so that no event spends attempts or becomes a dead letter while the org is being mended).
#pragma once

#include "connectors/crm/batch_splitter.hpp"
#include "connectors/http/answer_outcome.hpp"
#include "connectors/http/http_call.hpp"
#include "connectors/salesforce/upsert.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::connectors::salesforce {

// The daily limit of API calls is a window of 24 hours that moves: looking again sooner is of no use.
constexpr std::chrono::minutes limit_pause{15};
constexpr std::chrono::seconds busy_pause{10};
// Of what Salesforce says, in an outcome.
constexpr std::size_t reason_bytes_max = 400;

// The session is not good any more: INVALID_SESSION_ID, or the instance has moved.
bool wants_new_session(const http_answer& answer);

// Of a request with that many records. The exchange is not filled in.
batch_answer read_upsert(const http_answer& answer, request_kind kind, std::size_t records, const secret_mask& mask);

// What an error code that Salesforce gives for one record means ("UNABLE_TO_LOCK_ROW", and its message).
ports::delivery_result result_of_code(std::string_view code, std::string_view message);

// Calls used and allowed in 24 hours, out of "api-usage=18/5000".
struct api_usage {
  std::uint64_t used = 0;
  std::uint64_t allowed = 0;
  // Whether this share of what is allowed is used up.
  bool reaches(unsigned percent) const {
    return allowed > 0 && used * 100 >= allowed * percent;
  }
};
std::optional<api_usage> usage_of(const http_answer& answer);

} // namespace cxstream::connectors::salesforce
