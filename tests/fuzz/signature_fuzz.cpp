// Headers and bodies of any bytes before every verifier: nobody gets in who does not know the secret.
#include "fuzz/fuzzing.hpp"
#include "security/verify/payload_verifier.hpp"

namespace {

using namespace cxstream;

constexpr const char* schemes[] = {
    "zendesk", "intercom", "standard_webhooks", "github", "slack", "pagerduty", "segment", "header", "basic", "bearer"};
// Names that the schemes look at, so that the fuzzer need not find them.
constexpr const char* names[] = {"x-zendesk-webhook-signature",
                                 "x-zendesk-webhook-signature-timestamp",
                                 "x-hub-signature",
                                 "x-hub-signature-256",
                                 "webhook-id",
                                 "webhook-timestamp",
                                 "webhook-signature",
                                 "x-slack-signature",
                                 "x-slack-request-timestamp",
                                 "x-pagerduty-signature",
                                 "x-signature",
                                 "x-secret",
                                 "authorization"};

std::vector<security::payload_verifier> all_verifiers() {
  std::vector<security::payload_verifier> out;
  for (const std::string scheme : schemes) {
    security::verify_rule rule{scheme, {"user:a secret that no fuzzer finds, as it is long"}, {}};
    if (scheme == "header")
      rule.options["name"] = "x-secret";
    auto made = security::payload_verifier::make(rule);
    fuzz::must(bool(made), scheme.c_str());
    out.push_back(std::move(*made));
  }
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto verifiers = all_verifiers();
  fuzz::input in(data, size);
  const auto& verifier = verifiers[in.choose(verifiers.size())];
  ports::payload payload;
  for (auto headers = in.choose(4); headers > 0; --headers) {
    const auto* name = names[in.choose(std::size(names))];
    payload.headers.push_back({name, std::string(in.text())});
  }
  payload.body = in.rest();
  fuzz::must(!verifier.check(payload, base::from_us(1'700'000'000'000'000)), "a stranger was let in");
  return 0;
}
