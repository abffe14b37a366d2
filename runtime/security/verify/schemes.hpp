// The schemes that a rule can name, one entry each. Adding a vendor that signs is a layout in signature_schemes.cpp and
// its name here.
#pragma once

#include "security/verify/payload_verifier.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace cxstream::security {

using made_check = base::result<std::shared_ptr<const payload_check>>;

struct scheme {
  std::string_view name;
  made_check (*make)(const verify_rule& rule);
};

std::span<const scheme> schemes();

// Signed payloads.
made_check make_zendesk(const verify_rule& rule);
made_check make_intercom(const verify_rule& rule);
made_check make_github(const verify_rule& rule);
made_check make_slack(const verify_rule& rule);
made_check make_pagerduty(const verify_rule& rule);
made_check make_segment(const verify_rule& rule);
made_check make_generic_hmac(const verify_rule& rule);
made_check make_standard_webhooks(const verify_rule& rule);

// Payloads that show a secret, or come over a connection that says who it is.
made_check make_none(const verify_rule& rule);
made_check make_secret_header(const verify_rule& rule);
made_check make_basic(const verify_rule& rule);
made_check make_bearer(const verify_rule& rule);
made_check make_mutual_tls(const verify_rule& rule);

} // namespace cxstream::security
