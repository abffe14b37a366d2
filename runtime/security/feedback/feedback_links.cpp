#include "security/feedback/feedback_links.hpp"

namespace cxstream::security {

base::result<std::string> feedback_links::link(const ports::told_delivery& told, base::timestamp now) {
  auto made = tokens();
  if (!made)
    return made.err();
  return settings_.url + "/v1/feedback/" + made->make(told, now + settings_.expires);
}

base::result<ports::told_delivery> feedback_links::read(std::string_view token, base::timestamp now) {
  auto made = tokens();
  if (!made)
    return base::error{base::error_code::unavailable, made.err().message};
  return made->read(token, now);
}

base::result<feedback_tokens> feedback_links::tokens() {
  const std::lock_guard lock(mutex_);
  auto keys = settings_.key.value();
  if (!keys)
    return keys.err();
  return feedback_tokens::of(*keys);
}

} // namespace cxstream::security
