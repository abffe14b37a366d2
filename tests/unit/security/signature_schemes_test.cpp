// What holds for every scheme that signs: each is played by its sender, and each is changed in every way that matters.
#include "signed_payload.hpp"

#include <gmock/gmock.h>

namespace cxstream::security {
namespace {

using testing::HasSubstr;
using testing::Not;

class SigningScheme : public testing::TestWithParam<signing_scheme> {
protected:
  payload_verifier verifier(std::vector<std::string> secrets = {first_secret}) const {
    return verifier_of({GetParam().name, std::move(secrets), GetParam().options});
  }
};

INSTANTIATE_TEST_SUITE_P(Each, SigningScheme, testing::ValuesIn(signing_schemes()),
                         [](const auto& with) { return with.param.name; });

TEST_P(SigningScheme, AcceptsWhatItsSenderSigned) {
  for (const auto& body : {std::string(R"({"id":7})"), std::string(), std::string("\0\xff\r\n", 4)})
    EXPECT_EQ(refusal_of(verifier().check(signed_payload(GetParam(), first_secret, body), sent_at)), "accepted");
}

TEST_P(SigningScheme, RefusesEveryPayloadWithOneBitChanged) {
  const auto checked = verifier();
  const auto good = signed_payload(GetParam(), first_secret);
  ASSERT_TRUE(checked.check(good, sent_at));
  std::size_t changes = 0;
  const auto refuses_each_bit_of = [&](std::string& bytes, const ports::payload& changed, const char* what) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit, ++changes) {
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_FALSE(checked.check(changed, sent_at)) << what << ", bit " << bit << ": " << bytes;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    }
  };
  auto changed = good;
  refuses_each_bit_of(changed.body, changed, "body");
  for (auto& header : changed.headers)
    refuses_each_bit_of(header.value, changed, header.name.c_str());
  EXPECT_GE(changes, (8 + 40) * 8u) << "a body and a signature at the least";
}

TEST_P(SigningScheme, RefusesABodyThatIsCutOrGrows) {
  auto cut = signed_payload(GetParam(), first_secret);
  cut.body.pop_back();
  EXPECT_FALSE(verifier().check(cut, sent_at));
  auto grown = signed_payload(GetParam(), first_secret);
  grown.body.push_back(' ');
  EXPECT_FALSE(verifier().check(grown, sent_at));
}

TEST_P(SigningScheme, RefusesASignatureThatIsCut) {
  const auto good = signed_payload(GetParam(), first_secret);
  for (std::size_t size = 0; size < good.headers.front().value.size(); ++size) {
    auto cut = good;
    cut.headers.front().value.resize(size);
    EXPECT_FALSE(verifier().check(cut, sent_at)) << size;
  }
}

TEST_P(SigningScheme, RefusesHeadersThatAreMissingOrThereTwice) {
  const auto good = signed_payload(GetParam(), first_secret);
  for (std::size_t i = 0; i < good.headers.size(); ++i) {
    auto missing = good;
    missing.headers.erase(missing.headers.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THAT(refusal_of(verifier().check(missing, sent_at)), HasSubstr(good.headers[i].name + " is missing"));
    auto twice = good;
    twice.headers.push_back(good.headers[i]);
    EXPECT_THAT(refusal_of(verifier().check(twice, sent_at)), HasSubstr(good.headers[i].name + " is there more than"));
    auto empty = good;
    empty.headers[i].value.clear();
    EXPECT_THAT(refusal_of(verifier().check(empty, sent_at)), HasSubstr(good.headers[i].name + " is empty"));
  }
}

TEST_P(SigningScheme, RefusesTheSignatureInOtherLettersOrEncodings) {
  const auto good = signed_payload(GetParam(), first_secret);
  const auto& signature = good.headers.front().value;
  auto upper = signature;
  auto lower = signature;
  for (auto& c : upper)
    c = static_cast<char>(std::toupper(c));
  for (auto& c : lower)
    c = static_cast<char>(std::tolower(c));
  for (const auto& other :
       {upper, lower, " " + signature + "\t", signature + "\n", signature + "=", "\"" + signature + "\""}) {
    if (other == signature)
      continue;
    auto changed = good;
    changed.headers.front().value = other;
    EXPECT_FALSE(verifier().check(changed, sent_at)) << other;
  }
}

TEST_P(SigningScheme, AcceptsTheOldSecretWhileItIsListedAndNoLonger) {
  const auto old = signed_payload(GetParam(), first_secret);
  const auto fresh = signed_payload(GetParam(), second_secret);
  EXPECT_TRUE(verifier({first_secret, second_secret}).check(old, sent_at));
  EXPECT_TRUE(verifier({first_secret, second_secret}).check(fresh, sent_at));
  EXPECT_TRUE(verifier({second_secret, first_secret}).check(old, sent_at));
  EXPECT_TRUE(verifier({second_secret}).check(fresh, sent_at));
  const auto refusal = refusal_of(verifier({second_secret}).check(old, sent_at));
  EXPECT_THAT(refusal, HasSubstr(old.headers.front().name));
  EXPECT_THAT(refusal, Not(HasSubstr(second_secret)));
}

TEST_P(SigningScheme, RefusesWhatIsTooOldOrFromTheFutureWhereATimeIsSigned) {
  using std::chrono::seconds;
  const auto payload = signed_payload(GetParam(), first_secret);
  const auto checked = verifier();
  for (const auto apart : {seconds(300), seconds(-300)})
    EXPECT_TRUE(checked.check(payload, sent_at + apart));
  for (const auto apart : {seconds(301), seconds(-301), seconds(86'400 * 365)}) {
    const auto result = checked.check(payload, sent_at + apart);
    EXPECT_EQ(static_cast<bool>(result), !GetParam().is_timed) << apart.count();
    if (GetParam().is_timed) {
      EXPECT_THAT(refusal_of(result), HasSubstr(apart.count() > 0 ? " s old" : " s in the future"));
    }
  }
}

TEST_P(SigningScheme, TakesAnotherToleranceOnlyWhereATimeIsSigned) {
  auto options = GetParam().options;
  options["tolerance"] = "1h";
  const verify_rule rule{GetParam().name, {first_secret}, options};
  if (!GetParam().is_timed) {
    EXPECT_THAT(mistake_in(rule), HasSubstr("no option \"tolerance\""));
    return;
  }
  const auto payload = signed_payload(GetParam(), first_secret);
  EXPECT_TRUE(verifier_of(rule).check(payload, sent_at + std::chrono::hours(1)));
  EXPECT_FALSE(verifier_of(rule).check(payload, sent_at + std::chrono::seconds(3'601)));
  for (const auto* bad : {"", "5", "m", "5 m", "-5m", "0s", "25h", "5m5", "99999999999s"}) {
    options["tolerance"] = bad;
    EXPECT_THAT(mistake_in({GetParam().name, {first_secret}, options}), HasSubstr("tolerance")) << bad;
  }
}

TEST_P(SigningScheme, HidesItsSignatureButNotItsOtherHeaders) {
  const auto checked = verifier();
  const auto payload = signed_payload(GetParam(), first_secret);
  EXPECT_TRUE(checked.hides(payload.headers.front().name));
  for (std::size_t i = 1; i < payload.headers.size(); ++i)
    EXPECT_FALSE(checked.hides(payload.headers[i].name)) << "the mapping may want " << payload.headers[i].name;
  EXPECT_TRUE(checked.hides("Authorization"));
  EXPECT_FALSE(checked.hides("content-type"));
}

TEST_P(SigningScheme, WantsSecretsThatCannotBeGuessed) {
  const auto mistake = [&](std::vector<std::string> secrets) {
    return mistake_in({GetParam().name, std::move(secrets), GetParam().options});
  };
  EXPECT_THAT(mistake({}), HasSubstr("at least one secret"));
  EXPECT_THAT(mistake({first_secret, ""}), HasSubstr("secret 2"));
  EXPECT_THAT(mistake({"fifteen bytes.."}), HasSubstr("15 bytes"));
  EXPECT_THAT(mistake({"sixteen bytes..."}), HasSubstr("accepted"));
  EXPECT_THAT(mistake({first_secret + "\n"}), HasSubstr("line break"));
  EXPECT_THAT(mistake({first_secret + " "}), Not(HasSubstr(first_secret)));
}

} // namespace
} // namespace cxstream::security
