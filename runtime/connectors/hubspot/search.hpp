// What a census asks of HubSpot: pages of records whose last event was in a span of time (search), records by key
// (batch/read). Pure.
//
// A page begins behind the last id of the page before, not at a place in the answer: an id never changes, while records
// that are written between two pages change places. So none is passed over, and no question meets the 10,000 records
// that one shows at most.
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
constexpr const char* record_id_name = "hs_object_id"; // the record's own id, a number

// Records whose time property is in [from, to], by their ids, those behind the id `after` only; empty for the first
// page.
http_request search_request(const shape& of, std::string_view token, std::span<const std::string> names,
                            std::string_view time_name, base::timestamp from, base::timestamp to,
                            std::string_view after);
// Precondition: 1 to batch_records_max keys.
http_request read_request(const shape& of, std::string_view token, std::span<const std::string> names,
                          std::span<const std::string> keys);
http_request archive_request(const shape& of, std::string_view token, std::string_view record_id);

struct search_page {
  std::vector<found_record> records; // with their ids under record_id_name
  bool is_last = true;
};
// Errors: unavailable (not answered, refused, not JSON). Keys that have no record are no error.
base::result<search_page> read_page(const http_answer& answer, const shape& of, const secret_mask& mask);

} // namespace cxstream::connectors::hubspot
