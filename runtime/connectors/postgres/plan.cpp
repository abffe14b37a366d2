#include "connectors/postgres/plan.hpp"

#include "connectors/postgres/postgres_target.hpp"
#include "connectors/settings.hpp"
#include "security/secrets/secret.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace cxstream::connectors {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 16> known{"host",
                                                 "port",
                                                 "database",
                                                 "user",
                                                 "password",
                                                 "schema",
                                                 "sslmode",
                                                 "sslrootcert",
                                                 "sslcert",
                                                 "sslkey",
                                                 "connect_timeout",
                                                 "reader",
                                                 "batch_events",
                                                 "statement_timeout",
                                                 "audit_days",
                                                 "application_name"};
// What Debian, Alpine and others give as the certificates to believe; libpq before 16 does not find them by itself.
constexpr const char* system_certificates = "/etc/ssl/certs/ca-certificates.crt";

// A socket of the machine, or the machine itself: nobody in between.
bool is_local(std::string_view host) {
  return host.starts_with('/') || host == "localhost" || host.starts_with("127.") || host == "::1";
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 &&
         std::ranges::all_of(text,
                             [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }) &&
         !(text.front() >= '0' && text.front() <= '9') && !text.starts_with("pg_");
}

void read_login(settings& s, postgres_settings& out) {
  const auto host = s.text("host", "localhost");
  out.login.emplace_back("host", host);
  out.login.emplace_back("port", std::to_string(s.number("port", 5'432, {1, 65'535})));
  out.login.emplace_back("dbname", s.required("database"));
  out.login.emplace_back("user", s.required("user"));
  static constexpr std::array<std::string_view, 4> remote_modes{"verify-full", "verify-ca", "require", "disable"};
  static constexpr std::array<std::string_view, 5> local_modes{"prefer", "verify-full", "verify-ca", "require",
                                                               "disable"};
  const auto mode = is_local(host) ? s.choice("sslmode", local_modes) : s.choice("sslmode", remote_modes);
  out.login.emplace_back("sslmode", mode);
  auto root = s.text("sslrootcert");
  if (root.empty() && mode.starts_with("verify") && std::filesystem::exists(system_certificates))
    root = system_certificates;
  for (const auto& [name, value] : {std::pair<const char*, std::string>{"sslrootcert", root},
                                    {"sslcert", s.text("sslcert")},
                                    {"sslkey", s.text("sslkey")}})
    if (!value.empty())
      out.login.emplace_back(name, value);
  out.login.emplace_back("application_name", s.text("application_name", "cxstream"));
  // A peer that is gone without a word is noticed although nothing is sent.
  for (const auto& [name, value] :
       {std::pair{"keepalives_idle", "30"}, {"keepalives_interval", "10"}, {"keepalives_count", "3"}})
    out.login.emplace_back(name, value);
}

// Connecting is rare, so the secret is read anew each time: the last password may be why connecting failed.
void read_password(settings& s, postgres_settings& out) {
  out.password = [secret = s.secret("password")]() mutable {
    secret.suspect();
    return secret.value();
  };
}

} // namespace

base::result<blueprint> plan_postgres(const config::sink_config& sink) {
  settings s(sink, known);
  postgres_settings out;
  read_login(s, out);
  read_password(s, out);
  out.schema = s.text("schema", out.schema);
  if (!is_name(out.schema))
    s.wrong("schema", "is \"" + out.schema + "\"; it must be lower-case letters, digits and _, and not begin with pg_");
  out.reader = s.text("reader");
  out.connect_timeout = s.duration("connect_timeout", out.connect_timeout, {100ms, 120s});
  out.statement_timeout = s.duration("statement_timeout", out.statement_timeout, {100ms, 600s});
  out.audit_kept = std::chrono::days(s.number("audit_days", 90, {1, 36'500}));
  out.batch_events_max = s.number("batch_events", out.batch_events_max, {1, 50'000});
  out.disorder_max = disorder_max(sink);
  if (auto checked = s.check(); !checked)
    return checked.err();
  if (sink.projection.kind() != v1::PROJECTION_KIND_UNSPECIFIED && sink.projection.kind() != v1::BI)
    return invalid(sink, "kind postgres keeps every field; leave the projection out, or say bi");
  const ports::target_traits traits{
      .batch_events_max = out.batch_events_max, .concurrency = 1, .guards_regress = true, .keeps_position = true};
  return blueprint{traits, std::make_unique<postgres_target>(std::move(out))};
}

} // namespace cxstream::connectors
