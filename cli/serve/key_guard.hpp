// The guard of a node's doors: API keys by their scopes, and a brake for those who guess. Thread-safe.
#pragma once

#include "ports/access.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "security/api_keys/key_ring.hpp"
#include "security/api_keys/wrong_key_limiter.hpp"

#include <memory>
#include <string>

namespace cxstream::cli {

class key_guard final : public ports::access_guard {
public:
  // Errors: the key file cannot be read.
  static base::result<std::unique_ptr<key_guard>> open(const std::string& keys_file, const ports::clock& clock,
                                                       ports::log& log);

  base::result<ports::grant> check(std::string_view key, ports::permission needed, std::string_view resource,
                                   std::string_view peer) override;

private:
  key_guard(std::unique_ptr<security::key_ring> ring, const ports::clock& clock, ports::log& log);
  base::error refused(const security::key_verdict& verdict, const std::string& address, base::timestamp now);

  std::unique_ptr<security::key_ring> ring_;
  const ports::clock& clock_;
  ports::log& log_;
  security::wrong_key_limiter limiter_;
};

} // namespace cxstream::cli
