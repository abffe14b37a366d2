// What HubSpot answers, and what that means for the records of a request. Pure.
//
// A batch is answered as a whole (200; or 400 and 409, because one record poisons it: the splitter finds that one), or
// each input by itself (207): errors name their inputs by trace id. What the administrator has to mend (a property that
// is not there, a scope that is missing) counts as unreachable, so that no event is given up meanwhile.
#pragma once

#include "connectors/crm/batch_splitter.hpp"
#include "connectors/crm/record.hpp"
#include "connectors/http/answer_outcome.hpp"
#include "connectors/http/http_call.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace cxstream::connectors::hubspot {

// The day of an account ends at its own midnight, which the answer does not say.
constexpr std::chrono::minutes daily_pause{15};
constexpr std::chrono::seconds ten_seconds_pause{10};
constexpr std::chrono::seconds second_pause{1};
constexpr std::chrono::seconds locked_pause{2};

// `records`: those of the request, in order. The exchange is not filled in.
batch_answer read_upsert(const http_answer& answer, std::span<const crm_record> records, std::string_view id_property,
                         const secret_mask& mask);

// Calls of the account's day, out of X-HubSpot-RateLimit-Daily and -Daily-Remaining.
struct daily_calls {
  std::uint64_t allowed = 0;
  std::uint64_t left = 0;
  // Whether this share of what is allowed is used up.
  bool reaches(unsigned percent) const {
    return allowed > 0 && (allowed - left) * 100 >= allowed * percent;
  }
};
std::optional<daily_calls> calls_of(const http_answer& answer);

} // namespace cxstream::connectors::hubspot
