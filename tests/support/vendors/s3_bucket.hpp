// A bucket of an S3 in a test, as AWS' documentation describes it: it takes objects whose signature and hash are right.
// Thread-safe.
#pragma once

#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"
#include "support/http/http_stand_in.hpp"

#include <array>
#include <map>
#include <mutex>
#include <sstream>
#include <string>

namespace cxstream::support {

class s3_bucket {
public:
  // What a sink has to be given.
  static constexpr const char* access_key = "AKID";
  static constexpr const char* secret_key = "s3cret";
  static constexpr const char* region = "eu-central-1";

  s3_bucket() : server_([this](const got_request& r) { return answer(r); }) {
  }
  std::string url() const {
    auto out = server_.url();
    out.pop_back();
    return out;
  }
  http_stand_in& server() {
    return server_;
  }
  std::map<std::string, std::string> objects() const {
    const std::lock_guard lock(mutex_);
    return objects_;
  }

private:
  static std::string hex(std::string_view bytes) {
    return security::encode(security::text_encoding::hex, bytes);
  }
  static std::string hmac(std::string_view key, std::string_view text) {
    const std::array parts{text};
    return security::hmac_key(security::hash_algorithm::sha256, key).sign(parts);
  }
  static std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto begin = text.find(before);
    if (begin == std::string::npos)
      return {};
    const auto from = begin + before.size();
    const auto end = after.empty() ? text.size() : text.find(after, from);
    return text.substr(from, end - from);
  }
  scripted_reply answer(const got_request& r) {
    if (r.header("x-amz-content-sha256") != hex(security::sha256(r.body)))
      return said(400, "<Error><Code>XAmzContentSHA256Mismatch</Code></Error>");
    const auto authorization = r.header("authorization");
    const auto scope = between(authorization, std::string("Credential=") + access_key + "/", ",");
    const auto names = between(authorization, "SignedHeaders=", ",");
    std::string canonical = r.method + "\n" + r.path + "\n" + r.query + "\n";
    std::istringstream list(names);
    for (std::string name; std::getline(list, name, ';');)
      canonical += name + ":" + r.header(name) + "\n";
    canonical += "\n" + names + "\n" + r.header("x-amz-content-sha256");
    const auto to_sign =
        "AWS4-HMAC-SHA256\n" + r.header("x-amz-date") + "\n" + scope + "\n" + hex(security::sha256(canonical));
    const auto key =
        hmac(hmac(hmac(hmac(std::string("AWS4") + secret_key, scope.substr(0, 8)), region), "s3"), "aws4_request");
    if (between(authorization, "Signature=", "") != hex(hmac(key, to_sign)))
      return said(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>");
    const std::lock_guard lock(mutex_);
    objects_[r.path] = r.body;
    return said(200);
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> objects_;
  http_stand_in server_;
};

} // namespace cxstream::support
