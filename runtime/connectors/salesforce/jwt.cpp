#include "connectors/salesforce/jwt.hpp"

#include "connectors/encoding/json_text.hpp"

#include <algorithm>
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace cxstream::connectors {

namespace {

struct openssl_free {
  void operator()(BIO* bio) const {
    BIO_free(bio);
  }
  void operator()(EVP_PKEY* key) const {
    EVP_PKEY_free(key);
  }
  void operator()(EVP_MD_CTX* context) const {
    EVP_MD_CTX_free(context);
  }
};
template <class T>
using owned = std::unique_ptr<T, openssl_free>;

base::error wrong(std::string what) {
  return {base::error_code::invalid_argument, std::move(what)};
}

std::string base64url(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  out.resize(out.find_last_not_of('=') + 1);
  return out;
}

std::string claims_json(const jwt_claims& claims) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  key(json, "iss");
  text(json, claims.issuer);
  key(json, "sub");
  text(json, claims.subject);
  key(json, "aud");
  text(json, claims.audience);
  key(json, "exp");
  json.Int64(claims.expires_s);
  json.EndObject();
  return std::string(view(out));
}

// A key that asks for a password must not stop the node at a terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

} // namespace

base::result<std::string> sign_jwt(const jwt_claims& claims, std::string_view private_key_pem) {
  const owned<BIO> pem(BIO_new_mem_buf(private_key_pem.data(), static_cast<int>(private_key_pem.size())));
  const owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(pem.get(), nullptr, no_password, nullptr));
  if (!key)
    return wrong("the private key is not PEM, or is encrypted");
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    return wrong("the private key is not an RSA key, which RS256 needs");
  std::string token = base64url(R"({"alg":"RS256"})") + "." + base64url(claims_json(claims));
  const owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::size_t size = 0;
  const auto* message = reinterpret_cast<const unsigned char*>(token.data());
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, message, token.size()) != 1)
    return wrong("the private key cannot sign");
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, message, token.size()) !=
      1)
    return wrong("the private key cannot sign");
  signature.resize(size);
  return token + "." + base64url(signature);
}

} // namespace cxstream::connectors
