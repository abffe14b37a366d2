#include "connectors/s3/s3_store.hpp"

#include "connectors/http/answer_outcome.hpp"
#include "connectors/http/authorized_call.hpp"
#include "connectors/s3/sigv4.hpp"
#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"

#include <array>

namespace cxstream::connectors {

namespace {

// "s3.example.com:9000" of "https://s3.example.com:9000"
std::string authority_of(const std::string& endpoint) {
  const auto begin = endpoint.find("://") + 3;
  return endpoint.substr(begin, endpoint.find('/', begin) - begin);
}

} // namespace

s3_store::s3_store(s3_settings settings) : settings_(std::move(settings)) {
}

base::result<void> s3_store::put(const std::string& name, std::string_view bytes, std::string_view content_type) {
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  canonical_parts parts;
  parts.method = "PUT";
  parts.path = aws_encoded(
      "/" + settings_.bucket + "/" + (settings_.prefix.empty() ? "" : settings_.prefix + "/") + name, slashes::keep);
  parts.payload_hash = security::encode(security::text_encoding::hex, security::sha256(bytes));
  const auto make = [&](std::span<const std::string> secrets) -> base::result<http_request> {
    const aws_credentials who{secrets[0], secrets[1], secrets[2]};
    const signing_scope scope{settings_.region, "s3", settings_.now()};
    auto signed_parts = parts;
    signed_parts.headers = {{"content-type", std::string(content_type)},
                            {"host", authority_of(settings_.endpoint)},
                            {"x-amz-content-sha256", parts.payload_hash},
                            {"x-amz-date", amz_date(scope.at)}};
    if (!who.session_token.empty())
      signed_parts.headers.emplace_back("x-amz-security-token", who.session_token);
    http_request out{"PUT", settings_.endpoint + parts.path, signed_parts.headers, std::string(bytes)};
    std::erase_if(out.headers, [](const auto& header) { return header.first == "host"; }); // is sent by itself
    out.headers.emplace_back("Authorization", authorization(signed_parts, who, scope));
    return out;
  };
  const std::array secrets{&settings_.access_key, &settings_.secret_key, &settings_.session_token};
  const auto exchange = send_authorized(*http_, secrets, make);
  if (result_of(exchange.answer) == ports::delivery_result::delivered)
    return {};
  return base::error{base::error_code::unavailable, "S3: " + reason_of(exchange.answer, exchange.mask)};
}

} // namespace cxstream::connectors
