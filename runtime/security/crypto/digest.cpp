#include "security/crypto/digest.hpp"

#include <new>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

namespace cxstream::security {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const char* openssl_name(hash_algorithm of) {
  switch (of) {
    case hash_algorithm::sha1:
      return "SHA1";
    case hash_algorithm::sha256:
      return "SHA256";
    case hash_algorithm::sha512:
      break;
  }
  return "SHA512";
}

// Looking an algorithm up takes longer than hashing a small message, so it is done once.
EVP_MAC* hmac() {
  static EVP_MAC* const found = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return found;
}

using mac_context = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

} // namespace

std::size_t digest_size(hash_algorithm of) noexcept {
  switch (of) {
    case hash_algorithm::sha1:
      return 20;
    case hash_algorithm::sha256:
      return 32;
    case hash_algorithm::sha512:
      break;
  }
  return 64;
}

std::string sha256(std::string_view bytes) {
  std::string out(digest_size(hash_algorithm::sha256), '\0');
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), bytes_of(out), &size, EVP_sha256(), nullptr) != 1 || size != out.size())
    throw std::bad_alloc();
  return out;
}

bool same_bytes(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

base::result<std::string> random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(bytes_of(out), static_cast<int>(count)) != 1)
    return base::error{base::error_code::unavailable, "the operating system gives no random bytes; try again"};
  return out;
}

hmac_key::hmac_key(hash_algorithm algorithm, std::string_view secret)
    : keyed_(EVP_MAC_CTX_new(hmac()), &EVP_MAC_CTX_free) {
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(openssl_name(algorithm)), 0),
      OSSL_PARAM_construct_end()};
  if (!keyed_ || EVP_MAC_init(keyed_.get(), bytes_of(secret), secret.size(), params) != 1)
    throw std::bad_alloc();
}

std::string hmac_key::sign(std::span<const std::string_view> parts) const {
  const mac_context context(EVP_MAC_CTX_dup(keyed_.get()), &EVP_MAC_CTX_free);
  std::string out(EVP_MAX_MD_SIZE, '\0');
  std::size_t size = 0;
  auto good = context != nullptr;
  for (const auto part : parts)
    good = good && EVP_MAC_update(context.get(), bytes_of(part), part.size()) == 1;
  if (!good || EVP_MAC_final(context.get(), bytes_of(out), &size, out.size()) != 1)
    throw std::bad_alloc();
  out.resize(size);
  return out;
}

std::optional<ed25519_key> ed25519_key::of(std::string_view raw) {
  if (raw.size() != key_size)
    return std::nullopt;
  ed25519_key out;
  out.key_.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(raw), raw.size()), &EVP_PKEY_free);
  if (!out.key_)
    return std::nullopt;
  return out;
}

bool ed25519_key::verifies(std::string_view message, std::string_view signature) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1)
    throw std::bad_alloc();
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

} // namespace cxstream::security
