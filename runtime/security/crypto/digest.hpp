// Hashes, message authentication codes and public-key signatures, by OpenSSL, and the comparison that gives nothing
// away. Values; const use from several threads is safe. Out of memory is std::bad_alloc: a code that could not be
// computed must never look like one that was.
#pragma once

#include "base/result.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;
struct evp_pkey_st;

namespace cxstream::security {

enum class hash_algorithm { sha1, sha256, sha512 };

std::size_t digest_size(hash_algorithm of) noexcept;
std::string sha256(std::string_view bytes);

// Whether both are the same bytes; the time it takes tells only their sizes.
bool same_bytes(std::string_view a, std::string_view b) noexcept;

// From the operating system's generator. Errors: unavailable.
base::result<std::string> random_bytes(std::size_t count);

// A secret, ready for HMAC: the key is hashed once, here, not for each message.
class hmac_key {
public:
  // Precondition: `secret` is not empty.
  hmac_key(hash_algorithm algorithm, std::string_view secret);

  // The code of the parts one after the other, as raw bytes; the parts are not copied together.
  std::string sign(std::span<const std::string_view> parts) const;

private:
  std::shared_ptr<evp_mac_ctx_st> keyed_; // never changed after construction
};

// The public half of an Ed25519 key.
class ed25519_key {
public:
  static constexpr std::size_t key_size = 32;
  static constexpr std::size_t signature_size = 64;

  // Of its raw bytes; empty when they are not 32.
  static std::optional<ed25519_key> of(std::string_view raw);

  bool verifies(std::string_view message, std::string_view signature) const;

private:
  std::shared_ptr<evp_pkey_st> key_;
};

} // namespace cxstream::security
