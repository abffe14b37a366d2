// Standard Webhooks 1.0.0 signatures: base64 of HMAC-SHA256 over "<id>.<timestamp>.<body>". Pure; thread-safe.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

// The three headers of a signed message. The values come from the sender and are not trusted.
struct signed_headers {
  std::string id;        // webhook-id
  std::string timestamp; // webhook-timestamp: seconds since 1970
  std::string signature; // webhook-signature: "v1,<base64>", several separated by spaces
};

class signer {
public:
  static constexpr std::chrono::seconds tolerance{300};

  // `secrets`: one or more "whsec_<base64>" separated by spaces; while a secret is being changed, the old and the new
  // one. Errors: invalid_argument.
  static base::result<signer> of(std::string_view secrets);

  // Value of webhook-signature: one signature a secret.
  std::string sign(std::string_view id, std::int64_t timestamp_s, std::string_view body) const;
  // Whether one of the signatures was made with one of the secrets and the timestamp is within the tolerance of
  // `now_s`. Errors: invalid_argument, saying what is wrong.
  base::result<void> verify(const signed_headers& headers, std::string_view body, std::int64_t now_s) const;

private:
  std::vector<std::string> keys_;
};

} // namespace cxstream::connectors
