// All keys that are known, and what a shown one may do. A value; const use from several threads is safe.
#pragma once

#include "security/api_keys/api_key.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cxstream::security {

// What came of a check.
struct key_verdict {
  enum class outcome {
    allowed,
    no_key,      // none was shown; answer 401
    wrong_key,   // no such key; answer 401, and count it
    revoked,     // 401
    expired,     // 401
    not_allowed, // a good key without the scope; answer 403
  };

  outcome what = outcome::wrong_key;
  std::string key_id;             // of a key that was right; empty otherwise
  std::string key_name;           // likewise
  std::string message;            // what is wrong and what to do, for people; never part of a secret
  std::vector<scope> scopes = {}; // of a key that is in force, whether they are enough or not

  explicit operator bool() const noexcept {
    return what == outcome::allowed;
  }
};

class key_set {
public:
  explicit key_set(std::vector<api_key> keys = {});

  // In constant time as far as secrets go: whether there is a key of that id may be measured, nothing of its secret.
  // Who does not know the secret does not learn whether the key is revoked or expired.
  key_verdict check(std::string_view shown, const scope& needed, base::timestamp now) const;
  std::size_t size() const {
    return keys_.size();
  }

private:
  std::unordered_map<std::string, api_key> keys_; // by id
};

} // namespace cxstream::security
