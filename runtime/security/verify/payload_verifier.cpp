#include "security/verify/payload_verifier.hpp"

#include "security/verify/rule_reader.hpp"
#include "security/verify/schemes.hpp"

#include <algorithm>

namespace cxstream::security {

namespace {

// Hidden whatever the scheme is: a sender's secrets arrive also where nobody asked for them.
constexpr std::string_view always_hidden[] = {"authorization",       "proxy-authorization",         "cookie",
                                              "x-api-key",           "x-zendesk-webhook-signature", "x-hub-signature",
                                              "x-hub-signature-256", "webhook-signature",           "svix-signature",
                                              "x-slack-signature",   "x-pagerduty-signature",       "x-signature"};

constexpr scheme table[] = {{"none", make_none},           {"zendesk", make_zendesk},
                            {"intercom", make_intercom},   {"standard_webhooks", make_standard_webhooks},
                            {"github", make_github},       {"slack", make_slack},
                            {"pagerduty", make_pagerduty}, {"segment", make_segment},
                            {"hmac", make_generic_hmac},   {"header", make_secret_header},
                            {"basic", make_basic},         {"bearer", make_bearer},
                            {"mtls", make_mutual_tls}};

} // namespace

std::span<const scheme> schemes() {
  return table;
}

base::result<payload_verifier> payload_verifier::make(const verify_rule& rule) {
  const auto found = std::find_if(std::begin(table), std::end(table), [&](auto& s) { return s.name == rule.scheme; });
  if (found == std::end(table)) {
    std::string known;
    for (const auto& s : table)
      known.append(known.empty() ? "" : ", ").append(s.name);
    return invalid("there is no scheme of verification \"" + rule.scheme + "\"; there are: " + known);
  }
  auto check = found->make(rule);
  if (!check)
    return check.err();
  auto hidden = (*check)->secret_headers();
  hidden.insert(hidden.end(), std::begin(always_hidden), std::end(always_hidden));
  return payload_verifier(std::move(*check), std::move(hidden));
}

base::result<void> payload_verifier::check(const ports::payload& of, base::timestamp now) const {
  return check_->check(of, now);
}

bool payload_verifier::hides(std::string_view header_name) const {
  return std::find(hidden_.begin(), hidden_.end(), lower_case(header_name)) != hidden_.end();
}

} // namespace cxstream::security
