#include "connectors/salesforce/login.hpp"

#include "connectors/encoding/json_member.hpp"
#include "connectors/encoding/percent.hpp"
#include "connectors/http/exchange_text.hpp"
#include "connectors/salesforce/jwt.hpp"

namespace cxstream::connectors::salesforce {

namespace {

constexpr std::chrono::minutes assertion_life{3}; // Salesforce takes no longer ones

void add(std::string& form, std::string_view name, std::string_view value) {
  form.append(form.empty() ? "" : "&").append(name).append("=").append(percent_encoded(value));
}

} // namespace

base::result<http_request> login_request(const login_settings& settings, std::string_view secret, base::timestamp now) {
  http_request out;
  out.method = "POST";
  out.url = settings.url + "/services/oauth2/token";
  out.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  if (settings.flow == login_flow::client_credentials) {
    add(out.body, "grant_type", "client_credentials");
    add(out.body, "client_id", settings.client_id);
    add(out.body, "client_secret", secret);
    return out;
  }
  const auto expires = std::chrono::floor<std::chrono::seconds>(now + assertion_life);
  const auto assertion =
      sign_jwt({settings.client_id, settings.username, settings.audience, expires.time_since_epoch().count()}, secret);
  if (!assertion)
    return assertion.err();
  add(out.body, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
  add(out.body, "assertion", *assertion);
  return out;
}

base::result<logged_in> read_login(const http_answer& answer, const secret_mask& mask) {
  using base::error_code;
  if (answer.end != call_end::answered || answer.status >= 500 || answer.status == 429)
    return base::error{error_code::unavailable, "no session: " + reason_of(answer, mask)};
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  if (body.HasParseError() || !body.IsObject())
    return base::error{error_code::unavailable, "no session: " + reason_of(answer, mask)};
  if (answer.status != 200) {
    const auto why = std::string(text_at(body, "error")).append(": ").append(text_at(body, "error_description"));
    return base::error{error_code::unauthenticated, "no session: " + plain_line(mask.applied(why), 300)};
  }
  logged_in out;
  out.at.access_token = text_at(body, "access_token");
  out.at.instance_url = text_at(body, "instance_url");
  while (out.at.instance_url.ends_with('/'))
    out.at.instance_url.pop_back();
  if (out.at.access_token.empty() || out.at.instance_url.empty())
    return base::error{error_code::unavailable, "no session: the answer has no access_token or no instance_url"};
  const auto identity = text_at(body, "id"); // https://login.salesforce.com/id/<org>/<user>
  if (const auto slash = identity.rfind('/'); slash != std::string_view::npos)
    out.user_id = identity.substr(slash + 1);
  return out;
}

} // namespace cxstream::connectors::salesforce
