// Payloads of each scheme that signs, signed as its sender would, by OpenSSL's one-shot HMAC: not by the code under
// test.
#pragma once

#include "security/verify/payload_verifier.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::security {

inline constexpr std::int64_t sent_s = 1'700'000'000; // 2023-11-14T22:13:20Z
inline const base::timestamp sent_at{std::chrono::seconds{sent_s}};
inline const std::string first_secret = "the first secret of them all";
inline const std::string second_secret = "another secret, that replaces it";

inline std::string hmac_of(const EVP_MD* digest, std::string_view key, std::string_view message) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(digest, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), out, &size);
  return {reinterpret_cast<const char*>(out), size};
}

inline std::string hex_of(std::string_view bytes) {
  std::string out;
  for (const auto byte : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(byte));
    out += two;
  }
  return out;
}

inline std::string base64_of(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// A scheme as its sender knows it. `sign` gives the headers that it adds.
struct signing_scheme {
  std::string name;
  std::map<std::string, std::string> options;
  std::vector<ports::header> (*sign)(std::string_view secret, std::string_view body);
  bool is_timed = false; // signs a time; 5 minutes either way
};

inline void PrintTo(const signing_scheme& scheme, std::ostream* out) {
  *out << scheme.name;
}

inline std::vector<signing_scheme> signing_schemes() {
  static const auto at = std::to_string(sent_s);
  using view = std::string_view;
  return {
      {"zendesk",
       {},
       [](view key, view body) -> std::vector<ports::header> {
         const std::string time = "2023-11-14T22:13:20Z";
         return {{"x-zendesk-webhook-signature", base64_of(hmac_of(EVP_sha256(), key, time + std::string(body)))},
                 {"x-zendesk-webhook-signature-timestamp", time}};
       },
       true},
      {"intercom",
       {},
       [](view key, view body) -> std::vector<ports::header> {
         return {{"x-hub-signature", "sha1=" + hex_of(hmac_of(EVP_sha1(), key, body))}};
       }},
      {"standard_webhooks",
       {},
       [](view key, view body) -> std::vector<ports::header> {
         const auto text = "msg_1." + at + "." + std::string(body);
         return {{"webhook-signature", "v1," + base64_of(hmac_of(EVP_sha256(), key, text))},
                 {"webhook-id", "msg_1"},
                 {"webhook-timestamp", at}};
       },
       true},
      {"github",
       {},
       [](view key, view body) -> std::vector<ports::header> {
         return {{"x-hub-signature-256", "sha256=" + hex_of(hmac_of(EVP_sha256(), key, body))}};
       }},
      {"slack",
       {},
       [](view key, view body) -> std::vector<ports::header> {
         const auto text = "v0:" + at + ":" + std::string(body);
         return {{"x-slack-signature", "v0=" + hex_of(hmac_of(EVP_sha256(), key, text))},
                 {"x-slack-request-timestamp", at}};
       },
       true},
      {"pagerduty",
       {},
       [](view key, view body) -> std::vector<ports::header> {
         return {{"x-pagerduty-signature", "v1=" + hex_of(hmac_of(EVP_sha256(), key, body))}};
       }},
      {"segment",
       {},
       [](view key, view body) -> std::vector<ports::header> {
         return {{"x-signature", hex_of(hmac_of(EVP_sha1(), key, body))}};
       }},
      {"hmac",
       {{"header", "X-Desk-Signature"},
        {"algorithm", "sha512"},
        {"encoding", "base64"},
        {"prefix", "desk "},
        {"signed", "{timestamp}|{id}|{target}|{body}"},
        {"id_header", "X-Desk-Id"},
        {"timestamp_header", "X-Desk-Time"},
        {"timestamp_format", "unix_ms"}},
       [](view key, view body) -> std::vector<ports::header> {
         const auto text = at + "000|d-7|/v1/sources/desk?x=1|" + std::string(body);
         return {{"x-desk-signature", "desk " + base64_of(hmac_of(EVP_sha512(), key, text))},
                 {"x-desk-id", "d-7"},
                 {"x-desk-time", at + "000"}};
       },
       true},
  };
}

inline ports::payload signed_payload(const signing_scheme& scheme, std::string_view secret,
                                     std::string_view body = R"({"id":7})") {
  ports::payload out;
  out.target = "/v1/sources/desk?x=1";
  out.body = body;
  out.headers = scheme.sign(secret, body);
  return out;
}

inline payload_verifier verifier_of(const verify_rule& rule) {
  auto made = payload_verifier::make(rule);
  EXPECT_TRUE(made) << rule.scheme << ": " << made.err().message;
  return *made;
}

inline std::string refusal_of(const base::result<void>& checked) {
  return checked ? "accepted" : checked.err().message;
}

inline std::string mistake_in(const verify_rule& rule) {
  const auto made = payload_verifier::make(rule);
  return made ? "accepted" : made.err().message;
}

} // namespace cxstream::security
