// What a sender signs: a template such as "v0:{timestamp}:{body}", filled from a payload without copying the body. A
// value; thread-safe.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::security {

class signed_text {
public:
  struct values {
    std::string_view id;
    std::string_view timestamp;
    std::string_view body;
    std::string_view target;
  };

  // Errors: invalid_argument, when a placeholder is unknown, {body} is not there once, or {id} is not set apart from
  // what follows it: bytes could then be moved from one to the other under the same signature.
  static base::result<signed_text> make(std::string_view pattern);

  bool uses_id() const {
    return uses(part::id);
  }
  bool uses_timestamp() const {
    return uses(part::timestamp);
  }
  // Whether an id holds the text that ends it, which would make the signed bytes ambiguous.
  bool is_ambiguous(std::string_view id) const;

  std::vector<std::string_view> filled(const values& with) const;

private:
  enum class part { text, id, timestamp, body, target };
  struct piece {
    part kind = part::text;
    std::string text; // of kind text
  };

  static base::result<part> placeholder(std::string_view name);
  bool uses(part kind) const;

  std::vector<piece> pieces_;
  std::string after_id_;
};

} // namespace cxstream::security
