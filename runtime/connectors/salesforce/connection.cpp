#include "connectors/salesforce/connection.hpp"

namespace cxstream::connectors::salesforce {

connection::connection(http_settings http, login_settings login, security::secret secret)
    : http_(std::move(http)), login_(std::move(login)), secret_(std::move(secret)) {
}

http_answer connection::call(const request_maker& make, base::timestamp now) {
  http_answer answer;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (const auto ready = log_in(now); !ready) {
      answer = {};
      answer.end = call_end::not_connected;
      answer.error = ready.err().message;
      return answer;
    }
    answer = http_.send(make(session_->at));
    if (const auto usage = usage_of(answer))
      usage_ = usage;
    if (!wants_new_session(answer))
      break;
    session_.reset();
  }
  return answer;
}

base::result<void> connection::log_in(base::timestamp now) {
  if (session_)
    return {};
  const auto value = secret_.value();
  if (!value)
    return value.err();
  mask_.add(*value);
  const auto request = login_request(login_, *value, now);
  if (!request)
    return request.err();
  auto made = read_login(http_.send(*request), mask_);
  if (!made) {
    if (made.err().code == base::error_code::unauthenticated)
      secret_.suspect();
    return made.err();
  }
  // A token that was given over TLS does not travel without.
  if (login_.url.starts_with("https://") && !made->at.instance_url.starts_with("https://"))
    return base::error{base::error_code::unavailable, "no session: the instance's URL is not https"};
  mask_.add(made->at.access_token);
  session_ = *std::move(made);
  return {};
}

} // namespace cxstream::connectors::salesforce
