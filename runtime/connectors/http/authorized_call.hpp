// A call that carries secrets which may be rotated while the node runs. Owned by one thread.
#pragma once

#include "connectors/http/http_client.hpp"
#include "connectors/http/secret_mask.hpp"
#include "ports/target.hpp"
#include "security/secrets/secret.hpp"

#include <functional>
#include <span>
#include <string>

namespace cxstream::connectors {

// What was said and answered, and what must not be shown of it.
struct http_exchange {
  http_request request;
  http_answer answer;
  secret_mask mask;

  // As answer_outcome.hpp says.
  ports::delivery_outcome outcome() const;
};

// Makes a request out of the secrets' values, which come in the secrets' order. An error says that they cannot be used.
using request_maker = std::function<base::result<http_request>(std::span<const std::string> values)>;

// When the target answers 401 the secrets are read again, and when one of them is another now, the call is made once
// more. A secret that cannot be read or used is an answer that did not connect: it says nothing about the event.
http_exchange send_authorized(http_client& client, std::span<security::secret* const> secrets,
                              const request_maker& make);

} // namespace cxstream::connectors
