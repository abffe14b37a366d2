// Against the examples of AWS' documentation and of its signature test suite.
#include "connectors/s3/sigv4.hpp"

#include "base/rfc3339.hpp"
#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"

#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

const std::string empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const aws_credentials example{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};

signing_scope scope(const std::string& service) {
  return {"us-east-1", service, *base::parse_rfc3339("2015-08-30T12:36:00Z")};
}

std::string signature_in(const std::string& authorization) {
  return authorization.substr(authorization.rfind('=') + 1);
}

TEST(SigV4, SignsTheListUsersRequestOfTheDocumentation) {
  const canonical_parts parts{"GET",
                              "/",
                              "Action=ListUsers&Version=2010-05-08",
                              {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
                               {"host", "iam.amazonaws.com"},
                               {"x-amz-date", "20150830T123600Z"}},
                              empty_hash};
  EXPECT_EQ(security::encode(security::text_encoding::hex, security::sha256(canonical_request(parts))),
            "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
  EXPECT_EQ(authorization(parts, example, scope("iam")),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(SigV4, SignsTheVanillaRequestOfTheTestSuite) {
  const canonical_parts parts{
      "GET", "/", "", {{"host", "example.amazonaws.com"}, {"x-amz-date", "20150830T123600Z"}}, empty_hash};
  EXPECT_EQ(signature_in(authorization(parts, example, scope("service"))),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST(SigV4, SignsThePutObjectRequestOfTheS3Documentation) {
  const aws_credentials who{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
  const canonical_parts parts{
      "PUT",
      aws_encoded("/test$file.text", slashes::keep),
      "",
      {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
       {"host", "examplebucket.s3.amazonaws.com"},
       {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"},
       {"x-amz-date", "20130524T000000Z"},
       {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
      "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"};
  EXPECT_EQ(security::encode(security::text_encoding::hex, security::sha256("Welcome to Amazon S3.")),
            parts.payload_hash);
  EXPECT_EQ(signature_in(authorization(parts, who, {"us-east-1", "s3", *base::parse_rfc3339("2013-05-24T00:00:00Z")})),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4, EncodesAsAwsWantsIt) {
  EXPECT_EQ(aws_encoded("a b/ü~-._", slashes::keep), "a%20b/%C3%BC~-._");
  EXPECT_EQ(aws_encoded("a/b", slashes::encode), "a%2Fb");
  EXPECT_EQ(amz_date(*base::parse_rfc3339("2026-01-02T03:04:05.999Z")), "20260102T030405Z");
}

} // namespace
} // namespace cxstream::connectors
