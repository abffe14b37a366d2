#include "transport/http/http_guard.hpp"

namespace cxstream::transport {

namespace {

// Empty without one.
std::string_view shown_key(const ports::payload& from) {
  constexpr std::string_view bearer = "Bearer ";
  const auto authorization = ports::header_value(from, "authorization");
  return authorization.starts_with(bearer) ? authorization.substr(bearer.size())
                                           : ports::header_value(from, "x-api-key");
}

} // namespace

base::result<ports::grant> http_guard::check(const ports::payload& from, ports::permission needed) const {
  if (guard_ == nullptr)
    return ports::grant{};
  return guard_->check(shown_key(from), needed, "", from.peer);
}

http_response refused_caller(const base::error& why) {
  if (why.code == base::error_code::resource_exhausted)
    return http_error_later(429, "too_many_wrong_keys", why.message, std::chrono::seconds{59});
  if (why.code == base::error_code::permission_denied)
    return http_error(403, "permission_denied", why.message);
  auto response = http_error(401, "unauthenticated", why.message);
  response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

} // namespace cxstream::transport
