// http_guard: checks the key of a request before it is served. Thread-safe.
#pragma once

#include "ports/access.hpp"
#include "transport/http/http_message.hpp"

namespace cxstream::transport {

class http_guard {
public:
  // Null: anyone may do anything.
  explicit http_guard(ports::access_guard* guard) : guard_(guard) {
  }
  // The key is that of "Authorization: Bearer KEY" or "X-Api-Key: KEY".
  base::result<ports::grant> check(const ports::payload& from, ports::permission needed) const;

private:
  ports::access_guard* guard_;
};

// 401, 403, or 429 for who guesses keys.
http_response refused_caller(const base::error& why);

} // namespace cxstream::transport
