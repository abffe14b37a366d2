// A JSON Web Token, signed with RS256 (RFC 7515, RFC 7518) by OpenSSL. Pure.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::connectors {

// What a token claims: who says it, about whom, to whom, until when.
struct jwt_claims {
  std::string issuer;
  std::string subject;
  std::string audience;
  std::int64_t expires_s = 0; // since 1970
};

// `private_key_pem`: an RSA key, not encrypted. Errors: invalid_argument, without a word of the key.
base::result<std::string> sign_jwt(const jwt_claims& claims, std::string_view private_key_pem);

} // namespace cxstream::connectors
