// How Salesforce is asked for a session: OAuth 2.0, by client credentials or by a signed assertion (JWT bearer). Pure.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "connectors/http/answer_outcome.hpp"
#include "connectors/http/http_call.hpp"
#include "connectors/salesforce/upsert.hpp"

#include <optional>
#include <string>

namespace cxstream::connectors::salesforce {

enum class login_flow : std::uint8_t { client_credentials, jwt_bearer };

struct login_settings {
  login_flow flow = login_flow::client_credentials;
  std::string url;       // https://<org>.my.salesforce.com; with an assertion also https://login.salesforce.com
  std::string audience;  // jwt_bearer: https://login.salesforce.com, or https://test.salesforce.com for a sandbox
  std::string client_id; // consumer key of the connected app
  std::string username;  // jwt_bearer: whom the app acts for
};

// `secret`: the consumer secret, or the private key as PEM. Errors: invalid_argument (a key that cannot sign).
base::result<http_request> login_request(const login_settings& settings, std::string_view secret, base::timestamp now);

// Who the session belongs to, beside the session itself.
struct logged_in {
  session at;
  std::string user_id; // empty when the answer does not say
};
// Errors: unauthenticated (refused: a wrong secret, an app that is not allowed), unavailable (everything else).
base::result<logged_in> read_login(const http_answer& answer, const secret_mask& mask);

} // namespace cxstream::connectors::salesforce
