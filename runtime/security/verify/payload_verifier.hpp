// Whether a payload comes from whom it should: looked at before anything of it is parsed, over its raw bytes, in
// constant time. A value; thread-safe; time is an argument.
//
// 1. Whatever is compared with a secret is compared with every secret of the rule, whether one matched or not.
// 2. A header that decides may be there once only; a second one is refused, not ignored.
// 3. A text is accepted in one spelling only: one bit changed in body, signature, timestamp or id refuses.
// 4. No error holds a secret, or a signature that would have been right.
//
// Replays inside the time window, and of schemes that sign no time, are what idempotency keys are for.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/payload.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::security {

// As configured.
struct verify_rule {
  // none, zendesk, intercom, standard_webhooks, github, slack, pagerduty, segment, hmac, header, basic, bearer, mtls
  std::string scheme;
  // All that are valid now: while one is being changed, the old and the new. By scheme: the text that the vendor shows;
  // of standard_webhooks "whsec_<base64>", a raw text, or "whpk_<base64>" (an Ed25519 public key); of basic
  // "user:password"; of mtls the subjects accepted ("CN=desk,O=Acme", or with one * at its beginning or end).
  std::vector<std::string> secrets;
  // By scheme.
  // header:  name
  // hmac:    header, algorithm (sha1|sha256|sha512), encoding (hex|hex_upper|base64|base64url), prefix, separator (of
  //          several signatures in the header), signed (a template of {body} {timestamp} {id} {target}), id_header,
  //          timestamp_header, timestamp_format (unix|unix_ms|rfc3339|unix_or_rfc3339), tolerance
  // zendesk, slack, standard_webhooks: tolerance ("300s", "5m", "1h"; both ways; 5m unless told)
  std::map<std::string, std::string> options;
};

// One way of checking; made by a scheme.
class payload_check {
public:
  virtual ~payload_check() = default;
  virtual base::result<void> check(const ports::payload& of, base::timestamp now) const = 0;
  // Lower case: those whose value is a secret or a signature.
  virtual std::vector<std::string> secret_headers() const = 0;
};

class payload_verifier {
public:
  // Errors: invalid_argument, naming the scheme, option or secret (by its place) that is wrong.
  static base::result<payload_verifier> make(const verify_rule& rule);

  // Errors: invalid_argument, saying which header is at fault and what to look at. The sender is to be answered 401.
  base::result<void> check(const ports::payload& of, base::timestamp now) const;
  // Whether a header carries a secret or a signature and must not be stored. In any case of letters.
  bool hides(std::string_view header_name) const;

private:
  payload_verifier(std::shared_ptr<const payload_check> check, std::vector<std::string> hidden)
      : check_(std::move(check)), hidden_(std::move(hidden)) {
  }

  std::shared_ptr<const payload_check> check_;
  std::vector<std::string> hidden_;
};

} // namespace cxstream::security
