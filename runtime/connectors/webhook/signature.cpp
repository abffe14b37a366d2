#include "connectors/webhook/signature.hpp"

#include <algorithm>
#include <charconv>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <optional>

namespace cxstream::connectors {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::string_view version = "v1,";

base::error invalid(std::string message) {
  return {base::error_code::invalid_argument, std::move(message)};
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0)
      out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string to_base64(std::string_view raw) {
  std::string out(4 * ((raw.size() + 2) / 3) + 1, '\0');
  const auto length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(raw), static_cast<int>(raw.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// Padded base64 without white space; nothing for anything else.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.find_first_of(" \t\r\n") != std::string_view::npos)
    return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text), static_cast<int>(text.size())) < 0)
    return std::nullopt;
  out.resize(out.size() - static_cast<std::size_t>(std::count(text.end() - 2, text.end(), '=')));
  return out;
}

std::string hmac(std::string_view key, std::string_view id, std::string_view timestamp, std::string_view body) {
  std::string message;
  message.reserve(id.size() + timestamp.size() + body.size() + 2);
  message.append(id).append(".").append(timestamp).append(".").append(body);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(message), message.size(), digest, &size);
  return to_base64({reinterpret_cast<const char*>(digest), size});
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

base::result<signer> signer::of(std::string_view secrets) {
  signer out;
  for (auto word : words(secrets)) {
    if (!word.starts_with(prefix))
      return invalid("a webhook secret must begin with \"whsec_\"");
    auto key = from_base64(word.substr(prefix.size()));
    if (!key || key->empty())
      return invalid("a webhook secret must be \"whsec_\" and base64 of at least one byte");
    out.keys_.push_back(std::move(*key));
  }
  if (out.keys_.empty())
    return invalid("the webhook secret is empty");
  return out;
}

std::string signer::sign(std::string_view id, std::int64_t timestamp_s, std::string_view body) const {
  std::string out;
  for (const auto& key : keys_)
    out.append(out.empty() ? "" : " ").append(version).append(hmac(key, id, std::to_string(timestamp_s), body));
  return out;
}

base::result<void> signer::verify(const signed_headers& headers, std::string_view body, std::int64_t now_s) const {
  if (headers.id.empty() || headers.timestamp.empty() || headers.signature.empty())
    return invalid("webhook-id, webhook-timestamp or webhook-signature is missing");
  std::int64_t sent_s = 0;
  const auto* end = headers.timestamp.data() + headers.timestamp.size();
  const auto parsed = std::from_chars(headers.timestamp.data(), end, sent_s);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    return invalid("webhook-timestamp is not a number");
  if (sent_s < now_s - tolerance.count() || sent_s > now_s + tolerance.count())
    return invalid("webhook-timestamp is too far from now");
  for (const auto& key : keys_) {
    const auto expected = hmac(key, headers.id, headers.timestamp, body);
    for (const auto candidate : words(headers.signature))
      if (candidate.starts_with(version) && same(candidate.substr(version.size()), expected))
        return {};
  }
  return invalid("no signature matches");
}

} // namespace cxstream::connectors
