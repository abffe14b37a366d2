#include "connectors/s3/sigv4.hpp"

#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"

#include <array>
#include <cstdio>

namespace cxstream::connectors {

namespace {

std::string hex(std::string_view bytes) {
  return security::encode(security::text_encoding::hex, bytes);
}

std::string hmac(std::string_view key, std::string_view text) {
  const std::array parts{text};
  return security::hmac_key(security::hash_algorithm::sha256, key).sign(parts);
}

std::string names_of(const http_headers& headers) {
  std::string out;
  for (const auto& [name, value] : headers)
    out.append(out.empty() ? "" : ";").append(name);
  return out;
}

} // namespace

std::string aws_encoded(std::string_view text, slashes how) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && how == slashes::keep);
    if (plain)
      out += c;
    else
      out.append("%").append(1, digits[byte >> 4U]).append(1, digits[byte & 0xfU]);
  }
  return out;
}

std::string canonical_request(const canonical_parts& p) {
  std::string out = p.method + "\n" + p.path + "\n" + p.query + "\n";
  for (const auto& [name, value] : p.headers)
    out.append(name).append(":").append(value).append("\n");
  return out + "\n" + names_of(p.headers) + "\n" + p.payload_hash;
}

std::string authorization(const canonical_parts& parts, const aws_credentials& who, const signing_scope& scope) {
  const auto time = amz_date(scope.at);
  const auto day = time.substr(0, 8);
  const auto credential = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const auto to_sign =
      "AWS4-HMAC-SHA256\n" + time + "\n" + credential + "\n" + hex(security::sha256(canonical_request(parts)));
  const auto key = hmac(hmac(hmac(hmac("AWS4" + who.secret_key, day), scope.region), scope.service), "aws4_request");
  return "AWS4-HMAC-SHA256 Credential=" + who.access_key + "/" + credential +
         ", SignedHeaders=" + names_of(parts.headers) + ", Signature=" + hex(hmac(key, to_sign));
}

std::string amz_date(base::timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  char out[32];
  std::snprintf(out, sizeof out, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return out;
}

} // namespace cxstream::connectors
