// Calls to an org in a session that is asked for when it is needed. Owned by one thread.
//
// Invariants:
//  1. A session that has ended is asked for anew once a call; what is answered then is the answer.
//  2. The mask knows every secret and token that was used.
#pragma once

#include "connectors/http/http_client.hpp"
#include "connectors/http/secret_mask.hpp"
#include "connectors/salesforce/answer.hpp"
#include "connectors/salesforce/login.hpp"
#include "connectors/salesforce/upsert.hpp"
#include "security/secrets/secret.hpp"

#include <functional>
#include <optional>

namespace cxstream::connectors::salesforce {

class connection {
public:
  using request_maker = std::function<http_request(const session&)>;

  // `secret`: the consumer secret, or the private key.
  connection(http_settings http, login_settings login, security::secret secret);

  // Without a session the answer is one that did not connect, and says why.
  http_answer call(const request_maker& make, base::timestamp now);
  const std::optional<logged_in>& current() const {
    return session_;
  }
  const secret_mask& mask() const {
    return mask_;
  }
  // As the last answer that said so has it.
  const std::optional<api_usage>& usage() const {
    return usage_;
  }

private:
  base::result<void> log_in(base::timestamp now);

  http_client http_;
  login_settings login_;
  security::secret secret_;
  secret_mask mask_;
  std::optional<logged_in> session_;
  std::optional<api_usage> usage_;
};

} // namespace cxstream::connectors::salesforce
