#include "connectors/http/authorized_call.hpp"

#include "connectors/http/answer_outcome.hpp"

#include <vector>

namespace cxstream::connectors {

namespace {

base::result<std::vector<std::string>> values_of(std::span<security::secret* const> secrets) {
  std::vector<std::string> out;
  for (auto* secret : secrets) {
    auto value = secret->value();
    if (!value)
      return value.err();
    out.push_back(*std::move(value));
  }
  return out;
}

http_exchange not_said(const base::error& why) {
  http_exchange out;
  out.answer.end = call_end::not_connected;
  out.answer.error = why.message;
  return out;
}

http_exchange say(http_client& client, const std::vector<std::string>& values, const request_maker& make) {
  auto request = make(values);
  if (!request)
    return not_said(request.err());
  http_exchange out{*std::move(request), {}, {}};
  for (const auto& value : values)
    out.mask.add(value);
  out.answer = client.send(out.request);
  return out;
}

} // namespace

ports::delivery_outcome http_exchange::outcome() const {
  return outcome_of(request, answer, mask);
}

http_exchange send_authorized(http_client& client, std::span<security::secret* const> secrets,
                              const request_maker& make) {
  const auto values = values_of(secrets);
  if (!values)
    return not_said(values.err());
  auto out = say(client, *values, make);
  if (out.answer.status != 401)
    return out;
  for (auto* secret : secrets)
    secret->suspect();
  const auto now = values_of(secrets);
  return now && *now != *values ? say(client, *now, make) : out;
}

} // namespace cxstream::connectors
