#include "security/crypto/encoding.hpp"

#include <algorithm>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace cxstream::security {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_hex(std::string_view bytes, text_encoding as) {
  std::string out(bytes.size() * 2 + 1, '\0');
  std::size_t size = 0;
  if (!bytes.empty() && OPENSSL_buf2hexstr_ex(out.data(), out.size(), &size, bytes_of(bytes), bytes.size(), '\0') != 1)
    return {};
  out.resize(bytes.size() * 2);
  if (as == text_encoding::hex) // OpenSSL writes A … F
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string to_base64(std::string_view bytes, text_encoding as) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  if (as == text_encoding::base64url) {
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    out.resize(encoded_size(as, bytes.size()));
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.empty() || text.size() % 2 != 0)
    return std::nullopt;
  std::string out(text.size() / 2, '\0');
  std::size_t size = 0;
  if (OPENSSL_hexstr2buf_ex(reinterpret_cast<unsigned char*>(out.data()), out.size(), &size, std::string(text).c_str(),
                            '\0') != 1)
    return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<std::string> from_base64(std::string text, text_encoding as) {
  if (as == text_encoding::base64url) {
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
  }
  if (text.empty() || text.size() % 4 != 0)
    return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text), static_cast<int>(text.size())) < 0)
    return std::nullopt;
  out.resize(out.size() - static_cast<std::size_t>(std::count(text.end() - 2, text.end(), '=')));
  return out;
}

} // namespace

std::string encode(text_encoding as, std::string_view bytes) {
  return as == text_encoding::hex || as == text_encoding::hex_upper ? to_hex(bytes, as) : to_base64(bytes, as);
}

std::optional<std::string> decode(text_encoding as, std::string_view text) {
  auto out =
      as == text_encoding::hex || as == text_encoding::hex_upper ? from_hex(text) : from_base64(std::string(text), as);
  if (out && encode(as, *out) != text)
    return std::nullopt;
  return out;
}

std::size_t encoded_size(text_encoding as, std::size_t bytes) noexcept {
  if (as == text_encoding::base64)
    return 4 * ((bytes + 2) / 3);
  return as == text_encoding::base64url ? (4 * bytes + 2) / 3 : 2 * bytes;
}

} // namespace cxstream::security
