// Digest of a row's content, independent of how the file quotes it (XXH3-128, stable for ever: keys derive from it).
#pragma once

#include "sources/row.hpp"

struct XXH3_state_s;

namespace cxstream::sources {

// Collects parts; ("ab", "c") and ("a", "bc") differ.
class digester {
public:
  digester();
  ~digester();
  digester(const digester&) = delete;
  digester& operator=(const digester&) = delete;

  void add(std::string_view part);
  void add_number(std::uint64_t number);
  // The digest of what was added since the last call.
  content_digest finish();

private:
  XXH3_state_s* state_;
};

content_digest digest_of(std::string_view text);
// 32 lower-case hex digits.
std::string to_hex(const content_digest& digest);

} // namespace cxstream::sources
