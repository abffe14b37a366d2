// The links in messages by which their readers call a delivery wrong, with a key that may be changed while the node
// runs. Thread-safe.
#pragma once

#include "ports/feedback.hpp"
#include "security/feedback/feedback_token.hpp"
#include "security/secrets/secret.hpp"

#include <chrono>
#include <mutex>
#include <string>

namespace cxstream::security {

struct feedback_settings {
  std::string url; // where people reach the node's HTTP door: "https://cx.example.com"
  secret key;
  std::chrono::seconds expires{std::chrono::hours{24 * 30}};
};

class feedback_links final : public ports::feedback_reader {
public:
  explicit feedback_links(feedback_settings settings) : settings_(std::move(settings)) {
  }

  // Errors: as of secret and feedback_tokens.
  base::result<std::string> link(const ports::told_delivery& told, base::timestamp now);
  base::result<ports::told_delivery> read(std::string_view token, base::timestamp now) override;

private:
  base::result<feedback_tokens> tokens();

  std::mutex mutex_; // of the key
  feedback_settings settings_;
};

} // namespace cxstream::security
