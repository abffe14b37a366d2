// A payload that carries a signature: HMAC, or Ed25519 where the layout has it. Every vendor's scheme is a layout of
// this one. A value; thread-safe.
#pragma once

#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"
#include "security/verify/payload_verifier.hpp"
#include "security/verify/sent_time.hpp"
#include "security/verify/signed_text.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::security {

// Where the signature is and what it is made of. Names of headers are in lower case.
struct signature_layout {
  hash_algorithm algorithm = hash_algorithm::sha256;
  text_encoding encoding = text_encoding::hex;
  std::string header = {};
  std::string prefix = {};            // of the signature: "sha256="
  std::string public_key_prefix = {}; // of Ed25519 signatures; empty: there are none
  std::string separator = {};         // between several signatures in the header; empty: it holds one
  std::string signed_text = "{body}";
  std::string id_header = {};        // when the signed text holds {id}
  std::string timestamp_header = {}; // when it holds {timestamp}
  time_format timestamp_format = time_format::unix_s;
  std::chrono::seconds tolerance{300};
};

struct signature_keys {
  std::vector<hmac_key> secrets;
  std::vector<ed25519_key> public_keys;
};

class signature_check final : public payload_check {
public:
  // More in one header are refused: each costs an Ed25519 verification.
  static constexpr std::size_t signatures_max = 16;

  // Errors: invalid_argument, when the layout contradicts itself.
  static base::result<std::shared_ptr<const signature_check>> make(signature_layout layout, signature_keys keys);

  base::result<void> check(const ports::payload& of, base::timestamp now) const override;
  std::vector<std::string> secret_headers() const override {
    return {layout_.header};
  }

private:
  signature_check(signature_layout layout, signature_keys keys, signed_text text)
      : layout_(std::move(layout)), keys_(std::move(keys)), text_(std::move(text)) {
  }

  base::result<signed_text::values> signed_values(const ports::payload& of, base::timestamp now) const;
  base::result<std::vector<std::string_view>> candidates(std::string_view header_value) const;
  bool has_form(std::string_view candidate) const;
  bool any_matches(const std::vector<std::string_view>& candidates, const std::vector<std::string_view>& parts) const;

  signature_layout layout_;
  signature_keys keys_;
  signed_text text_;
};

} // namespace cxstream::security
