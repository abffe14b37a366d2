// AWS Signature Version 4, for a request whose body is at hand ("Create a signed AWS API request" in AWS'
// documentation). Pure.
#pragma once

#include "base/time.hpp"
#include "connectors/http/http_call.hpp"

#include <string>
#include <string_view>

namespace cxstream::connectors {

struct aws_credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token; // of temporary credentials; empty: none
};

struct signing_scope {
  std::string region;
  std::string service;
  base::timestamp at; // the server refuses what is minutes off its own clock
};

// Text of a path or query as it is signed and sent: everything but letters, digits and "-._~" percent-encoded; "/"
// stays where `keep_slash`.
enum class slashes : std::uint8_t { keep, encode };
std::string aws_encoded(std::string_view text, slashes how);

// The request, taken apart as it is signed. `path` and `query` are encoded, the query sorted by name. Header names are
// in lower case and sorted.
struct canonical_parts {
  std::string method;
  std::string path;
  std::string query;
  http_headers headers;
  std::string payload_hash; // hexadecimal SHA-256 of the body
};
std::string canonical_request(const canonical_parts& parts);

// The value of the Authorization header. `parts` must have host and x-amz-date among its headers.
std::string authorization(const canonical_parts& parts, const aws_credentials& who, const signing_scope& scope);

// "20150830T123600Z"
std::string amz_date(base::timestamp at);

} // namespace cxstream::connectors
