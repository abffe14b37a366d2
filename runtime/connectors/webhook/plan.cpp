#include "connectors/webhook/plan.hpp"

#include "connectors/encoding/body_plan.hpp"
#include "connectors/http/http_plan.hpp"
#include "connectors/webhook/webhook_target.hpp"

#include <array>

namespace cxstream::connectors {

base::result<blueprint> plan_webhook(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 7> own{"url",         "secret",   "authorization", "batch_events",
                                                       "concurrency", "envelope", "dataschema"};
  const auto known = with_http_settings(own);
  settings s(sink, known);
  webhook_settings out;
  out.url = read_url(s, "url");
  out.http = read_http_settings(s);
  out.batch_events_max = s.number("batch_events", out.batch_events_max, {1, 1'000});
  out.concurrency = s.number("concurrency", out.concurrency, {1, 64});
  out.authorization = s.secret("authorization");
  if (out.authorization.is_text() && s.text("authorization").find_first_of("\r\n") != std::string::npos)
    s.wrong("authorization", "must be one line");
  out.signature = s.secret("secret");
  if (out.signature.is_text())
    if (auto signature = signer::of(*out.signature.value()); !signature)
      s.wrong("secret", "is wrong: " + signature.err().message);
  const auto form = read_body(s);
  if (auto checked = s.check(); !checked)
    return checked.err();
  auto body = body_of(sink, form);
  if (!body)
    return body.err();
  const ports::target_traits traits{out.batch_events_max, out.concurrency, false, false};
  return blueprint{traits, std::make_unique<webhook_target>(std::move(out), std::move(*body))};
}

} // namespace cxstream::connectors
