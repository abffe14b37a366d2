// Takes secrets out of texts that people will read: dead letters, reasons, logs. Pure; owned by who uses it.
//
// Invariants:
//  1. A value that was added does not appear in what applied() answers, neither as it is nor percent-encoded, in base64
//     or escaped for JSON.
//  2. Fields whose names say that they hold a secret ("access_token": "…", client_secret=…) lose their values even when
//     the value was not known before.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

class secret_mask {
public:
  static constexpr std::string_view hidden = "***";

  // Values shorter than four bytes are not searched for: they are in every text.
  void add(std::string_view value);

  std::string applied(std::string_view text) const;

private:
  std::vector<std::string> values_; // the longest first
};

// Whether a header's value is secret, by its name: Authorization, cookies, and whatever has key, token, secret,
// password or signature in it.
bool is_secret_header(std::string_view name);

} // namespace cxstream::connectors
