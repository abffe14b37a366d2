#include "connectors/nats/plan.hpp"

#include "connectors/encoding/body_plan.hpp"
#include "connectors/nats/nats_target.hpp"
#include "connectors/settings.hpp"

#include <array>

namespace cxstream::connectors {

using namespace std::chrono_literals;

namespace {

void read_connection(settings& s, nats_settings& out) {
  out.servers = s.required("servers");
  out.user = s.text("user");
  out.credentials_file = s.text("credentials_file");
  out.nkey = s.text("nkey");
  out.nkey_seed_file = s.text("nkey_seed_file");
  out.ca_file = s.text("ca_file");
  out.certificate_file = s.text("certificate_file");
  out.key_file = s.text("key_file");
  static constexpr std::array<std::string_view, 2> choices{"false", "true"};
  out.tls = s.choice("tls", choices) == "true" || !out.ca_file.empty() || !out.certificate_file.empty() ||
            out.servers.starts_with("tls://");
  out.connect_timeout = s.duration("connect_timeout", out.connect_timeout, {1ms, 60s});
  if (out.nkey.empty() != out.nkey_seed_file.empty())
    s.wrong("nkey", "and nkey_seed_file go together");
  if (out.certificate_file.empty() != out.key_file.empty())
    s.wrong("certificate_file", "and key_file go together");
}

} // namespace

base::result<blueprint> plan_nats(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 19> known{
      "servers", "subject",        "stream",      "user",     "password",         "token",    "credentials_file",
      "nkey",    "nkey_seed_file", "tls",         "ca_file",  "certificate_file", "key_file", "connect_timeout",
      "timeout", "batch_events",   "concurrency", "envelope", "dataschema"};
  settings s(sink, known);
  nats_sink_settings out;
  read_connection(s, out.connection);
  out.password = s.secret("password");
  out.token = s.secret("token");
  if (out.password.is_set() && out.connection.user.empty())
    s.wrong("password", "needs a user");
  auto subject = subject_template::of(s.text("subject", "cx.tickets.{account}.{ticket}"));
  if (subject)
    out.subject = std::move(*subject);
  else
    s.wrong("subject", "is wrong: " + subject.err().message);
  out.stream = s.text("stream");
  out.timeout = s.duration("timeout", out.timeout, {1ms, 300s});
  out.batch_events_max = s.number("batch_events", out.batch_events_max, {1, 10'000});
  out.concurrency = s.number("concurrency", out.concurrency, {1, 16});
  const auto form = read_body(s);
  if (auto checked = s.check(); !checked)
    return checked.err();
  auto body = body_of(sink, form);
  if (!body)
    return body.err();
  const ports::target_traits traits{out.batch_events_max, out.concurrency, false, false, false};
  return blueprint{traits, std::make_unique<nats_target>(std::move(out), std::move(*body))};
}

} // namespace cxstream::connectors
