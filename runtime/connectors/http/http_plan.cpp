#include "connectors/http/http_plan.hpp"

namespace cxstream::connectors {

using namespace std::chrono_literals;

std::vector<std::string_view> with_http_settings(std::span<const std::string_view> own) {
  std::vector<std::string_view> out(own.begin(), own.end());
  out.insert(out.end(), http_setting_names.begin(), http_setting_names.end());
  return out;
}

http_settings read_http_settings(settings& s) {
  http_settings out;
  out.connect_timeout = s.duration("connect_timeout", out.connect_timeout, {1ms, 60s});
  out.timeout = s.duration("timeout", out.timeout, {1ms, 300s});
  out.ca_file = s.text("ca_file");
  out.client_certificate = s.text("client_certificate");
  out.client_key = s.text("client_key");
  if (out.client_certificate.empty() != out.client_key.empty())
    s.wrong(out.client_key.empty() ? "client_key" : "client_certificate",
            "is missing; a client's certificate needs its key");
  out.proxy = s.text("proxy");
  auto guard = address_guard::of(s.text("allow_private", "false"));
  if (guard)
    out.guard = *std::move(guard);
  else
    s.wrong("allow_private",
            "is wrong: " + guard.err().message + "; write true, false or a list of networks and hosts");
  return out;
}

std::string read_url(settings& s, std::string_view name) {
  auto out = s.required(name);
  if (auto url = check_url(out); !url)
    s.wrong(name, "is wrong: " + url.err().message);
  return out;
}

} // namespace cxstream::connectors
