// What a census asks of HubSpot: pages of records by the time of their last event (search), records by key
// (batch/read). Pure.
//
// Search shows at most 10,000 records of one question, and five questions a second an account; so a census walks by
// time, and asks anew from the last time it saw.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "connectors/crm/record_comparison.hpp"
#include "connectors/http/answer_outcome.hpp"
#include "connectors/hubspot/upsert.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors::hubspot {

constexpr std::size_t page_records_max = 200;
constexpr std::size_t shown_records_max = 10'000; // of one question

// Records whose time property is in [from, to], the earliest first. `after`: where the page begins; empty for the
// first.
http_request search_request(const shape& of, std::string_view token, std::span<const std::string> names,
                            std::string_view time_name, base::timestamp from, base::timestamp to,
                            std::string_view after);
// Precondition: 1 to batch_records_max keys.
http_request read_request(const shape& of, std::string_view token, std::span<const std::string> names,
                          std::span<const std::string> keys);
http_request archive_request(const shape& of, std::string_view token, std::string_view record_id);

struct search_page {
  std::vector<found_record> records; // with the record's own id under "hs_object_id"
  std::string after;                 // where the next page begins; empty at the end
};
// Errors: unavailable (not answered, refused, not JSON). Keys that have no record are no error.
base::result<search_page> read_page(const http_answer& answer, const shape& of, const secret_mask& mask);

} // namespace cxstream::connectors::hubspot
