#include "integration/harness/signature.hpp"

#include <absl/strings/escaping.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace cxstream::integration {

std::string hmac_sha256_base64(std::string_view key, std::string_view text) {
  unsigned char code[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), code, &size);
  return absl::Base64Escape({reinterpret_cast<const char*>(code), size});
}

} // namespace cxstream::integration
