// Records as the CSV of a Bulk API 2.0 job, and its results. Pure.
//
// An empty cell leaves the field as it is; "#N/A" empties it.
#pragma once

#include "base/result.hpp"
#include "connectors/crm/record.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors::salesforce {

// A header, then a line a record, in their order. Columns: the external id, then every field that a record has.
std::string bulk_csv(std::string_view external_id, std::span<const crm_record> records);

// Rows of a result file by their external id; `column` is what is kept of each (sf__Error, or the id itself when
// empty). Errors: malformed (no such columns, not CSV).
base::result<std::map<std::string, std::string>> read_results(std::string_view csv, std::string_view external_id,
                                                              std::string_view column);

} // namespace cxstream::connectors::salesforce
