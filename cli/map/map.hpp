// `cxstream map`: looking at mappings, testing them, and trying them on a payload. No node is asked.
#pragma once

#include "client/exit_code.hpp"
#include "ports/payload.hpp"
#include "sources/mapping/example_check.hpp"
#include "sources/mapping/payload_mapper.hpp"
#include "terminal/style.hpp"

#include <string>
#include <vector>

namespace cxstream::cli {

enum class map_output { people, json };

struct map_options {
  std::vector<std::string> mappings; // names or files
  std::string mapping;
  std::string payload; // a file; "-" for standard input
  std::vector<std::string> headers;
  bool all = false;
  bool as_json = false;

  map_output output() const {
    return as_json ? map_output::json : map_output::people;
  }
};

// Each returns the exit code.
int test_mappings(const map_options& options);
int try_mapping(const map_options& options);
int list_mappings(const map_options& options);
int show_mapping(const map_options& options);

// What the tests of one mapping came to.
struct mapping_report {
  std::string mapping; // as it was named
  std::string trouble; // why it could not be tested at all
  std::vector<sources::example_outcome> examples;

  bool has_passed() const;
};

// For people, with a line for each difference; pure.
std::string report_text(const mapping_report& report, const terminal::style& look);
std::string report_json(const std::vector<mapping_report>& reports);

// Pure as well. Record `number` of `of`, from 1.
std::string story_text(const sources::record_story& story, std::size_t number, std::size_t of,
                       const terminal::style& look, std::size_t width);
std::string stories_json(const std::vector<sources::record_story>& stories);

} // namespace cxstream::cli
