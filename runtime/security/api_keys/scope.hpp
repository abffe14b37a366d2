// What a key may do, and what a call needs: "ingest:zendesk", "subscribe:*", "read", "operate", "admin". Pure values.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace cxstream::security {

struct scope {
  enum class kind { ingest, subscribe, read, operate, admin };

  kind what = kind::read;
  std::string name = {}; // of the source or sink, for ingest and subscribe; "*": any

  bool operator==(const scope&) const = default;

  static scope ingest(std::string source) {
    return {kind::ingest, std::move(source)};
  }
  static scope subscribe(std::string sink) {
    return {kind::subscribe, std::move(sink)};
  }
};

// Errors: invalid_argument, listing the forms that there are.
base::result<scope> parse_scope(std::string_view text);
std::string to_text(const scope& of);

// admin allows everything; operate allows read; "*" any name.
bool allows(const scope& held, const scope& needed);

} // namespace cxstream::security
