// What a census asks of Salesforce, in SOQL, and how its answers are read. Pure.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "connectors/crm/record_comparison.hpp"
#include "connectors/http/answer_outcome.hpp"
#include "connectors/salesforce/upsert.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors::salesforce {

// Ids in one query: its URL has at most 16,384 bytes.
constexpr std::size_t queried_ids_max = 50;

// A text in quotes, whatever is in it.
std::string literal(std::string_view text);

// Every record that has the external id, or those with the time field in [from, to).
std::string select_all(const shape& of, std::span<const std::string> names);
std::string select_between(const shape& of, std::span<const std::string> names, std::string_view time_name,
                           base::timestamp from, base::timestamp to);
std::string select_by_key(const shape& of, std::span<const std::string> names, std::span<const std::string> keys);

http_request query_request(const session& at, const shape& of, std::string_view soql);
// The page at the address that the page before gave.
http_request next_page_request(const session& at, std::string_view next);
http_request delete_request(const session& at, const shape& of, std::string_view record_id);

struct query_page {
  std::vector<found_record> records; // with the record's own id under "Id"
  std::string next;                  // address of the next page; empty at the end
};
// Errors: unavailable (not answered, refused, not JSON).
base::result<query_page> read_query(const http_answer& answer, const shape& of, const secret_mask& mask);

} // namespace cxstream::connectors::salesforce
