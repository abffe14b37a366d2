// How a source is asked for what happened, beside what it posts. Plain values with the defaults.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cxstream::config {

enum class poll_kind : std::uint8_t { zendesk_export, intercom_search, hubspot_search, paged_json };

// How an answer of a paged API leads to the next one.
enum class paging : std::uint8_t {
  none,   // everything is in one answer
  link,   // the answer holds the URL of the next page
  cursor, // the answer holds a mark that goes into a parameter
  number, // pages are numbered
  offset, // a parameter says how many records to skip
};

enum class poll_time_format : std::uint8_t { rfc3339, unix_s, unix_ms };

// What is particular to kind paged_json. Paths are plain: ".data.items", ".meta.pages[0].next".
struct paged_json_config {
  std::string records = "."; // where the list of records is
  paging by = paging::none;
  std::string next_path;          // link, cursor: where the link or the mark is
  std::string page_parameter;     // cursor, number, offset: its name in the query
  std::uint32_t first_number = 1; // number
  std::string size_parameter;     // name of the parameter that takes page_size; empty: none
  std::string since_parameter;    // empty: every pass reads everything
  poll_time_format since_format = poll_time_format::rfc3339;
  std::string updated_path; // in a record: when it was changed
  bool ascending = false;   // records come in the order of that time, so that a window can follow them
};

struct poll_config {
  poll_kind kind = poll_kind::paged_json;
  std::string url;                            // of the vendor's site; for paged_json of the list itself
  std::map<std::string, std::string> headers; // sent with every request: credentials, versions
  std::string basic;                          // "user:password", or empty
  std::string mapping;                        // of the answers
  std::chrono::seconds every{60};
  std::int64_t start_us = 0; // records changed before are not wanted; 0: a day before the first poll
  // A search is asked again for so much before the newest record, because its index lags and its times have ties.
  std::chrono::seconds overlap{60};
  double requests_per_second = 0;      // 0: what the vendor allows
  std::uint32_t page_size = 0;         // 0: the most that the vendor allows
  std::string include;                 // zendesk_export: side-loads
  std::vector<std::string> properties; // hubspot_search: what is asked for; empty: what the built-in mapping reads
  std::string ca_file;                 // PEM; empty: the system's certificates
  std::chrono::milliseconds timeout{30'000}; // of one request
  paged_json_config paged;
};

} // namespace cxstream::config
