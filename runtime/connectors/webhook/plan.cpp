#include "connectors/webhook/plan.hpp"

#include "connectors/settings.hpp"
#include "connectors/webhook/webhook_target.hpp"

#include <array>

namespace cxstream::connectors {

using namespace std::chrono_literals;

base::result<blueprint> plan_webhook(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 8> known{
      "url", "secret", "authorization", "batch_events", "concurrency", "connect_timeout", "timeout", "ca_file"};
  settings s(sink, known);
  webhook_settings out;
  out.http.url = s.required("url");
  if (auto url = check_url(out.http.url); !url)
    s.wrong("url", "is wrong: " + url.err().message);
  out.http.connect_timeout = s.duration("connect_timeout", out.http.connect_timeout, {1ms, 60s});
  out.http.timeout = s.duration("timeout", out.http.timeout, {1ms, 300s});
  out.http.ca_file = s.text("ca_file");
  out.batch_events_max = s.number("batch_events", out.batch_events_max, {1, 1'000});
  out.concurrency = s.number("concurrency", out.concurrency, {1, 64});
  out.authorization = s.text("authorization");
  if (out.authorization.find_first_of("\r\n") != std::string::npos)
    s.wrong("authorization", "must be one line");
  if (const auto secret = s.text("secret"); !secret.empty()) {
    auto signature = signer::of(secret);
    if (signature)
      out.signature = std::move(*signature);
    else
      s.wrong("secret", "is wrong: " + signature.err().message);
  }
  if (auto checked = s.check(); !checked)
    return checked.err();
  auto encoder = encoder_of(sink);
  if (!encoder)
    return encoder.err();
  const ports::target_traits traits{out.batch_events_max, out.concurrency, false, false};
  return blueprint{traits, std::make_unique<webhook_target>(std::move(out), std::move(*encoder))};
}

} // namespace cxstream::connectors
