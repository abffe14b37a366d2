// API keys: "cxk_<id>_<secret>". The id is public and names the key in lists and logs; the secret is 32 random bytes.
// Pure: randomness and time are arguments.
//
// Of the secret only its SHA-256 is kept. A slow hash (bcrypt, Argon2) is for passwords, which people choose among few;
// 256 random bits cannot be guessed however fast the hash is, and a slow one would cost every call that shows a key.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "security/api_keys/scope.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::security {

struct api_key {
  std::string id; // 12 lower-case hexadecimal digits
  std::string name;
  std::vector<scope> scopes;
  base::timestamp created;
  std::optional<base::timestamp> expires = {};
  std::optional<base::timestamp> revoked = {};
  std::string secret_sha256; // raw bytes

  bool operator==(const api_key&) const = default;
};

// What a caller shows.
struct shown_key {
  std::string id;
  std::string secret; // raw bytes
};

// Strict; empty for anything but a key.
std::optional<shown_key> parse_key(std::string_view text);

struct new_key {
  api_key key;
  std::string text; // "cxk_…": the only time that the secret is there to be seen
};

inline constexpr std::size_t key_random_bytes = 6 + 32;

// `random`: key_random_bytes of them. Errors: invalid_argument, when the name is empty or holds control characters,
// there is no scope, or it would expire at once.
base::result<new_key> make_key(std::string name, std::vector<scope> scopes, std::optional<base::timestamp> expires,
                               std::string_view random, base::timestamp now);

// "active", "expired" or "revoked".
std::string_view state_of(const api_key& key, base::timestamp now);

} // namespace cxstream::security
