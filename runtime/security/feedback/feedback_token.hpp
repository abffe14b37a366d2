// Tokens in the links of messages: who has one may call this one delivery wrong, until it expires, and nothing else.
// Pure.
//
// Invariants:
//  1. A token that was not made with one of the keys is refused, whatever else is wrong with it, and in constant time.
//  2. The same delivery and expiry make the same token.
#pragma once

#include "base/result.hpp"
#include "ports/feedback.hpp"
#include "security/crypto/digest.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::security {

class feedback_tokens {
public:
  // Keys separated by white space, each of at least 16 bytes: the first signs, all are accepted, so that a key can be
  // changed. Errors: invalid_argument; the message has no key in it.
  static base::result<feedback_tokens> of(std::string_view keys);

  // Letters, digits, "-", "_" and ".".
  std::string make(const ports::told_delivery& told, base::timestamp expires) const;
  // Errors: unauthenticated, failed_precondition (expired).
  base::result<ports::told_delivery> read(std::string_view token, base::timestamp now) const;

private:
  std::vector<hmac_key> keys_;
};

} // namespace cxstream::security
