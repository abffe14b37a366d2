#include "connectors/factory.hpp"

#include "connectors/file/file_target.hpp"
#include "connectors/settings.hpp"
#include "connectors/sqlite/sqlite_target.hpp"
#include "connectors/webhook/webhook_target.hpp"

#include <algorithm>
#include <array>

namespace cxstream::connectors {

namespace {

using namespace std::chrono_literals;

// A sink whose settings were read: what it can do, and how to make it.
struct blueprint {
  ports::target_traits traits;
  std::unique_ptr<ports::target> target;
};

base::error invalid(const config::sink_config& sink, std::string_view what) {
  return {base::error_code::invalid_argument, "sink \"" + sink.name + "\": " + std::string(what)};
}

base::result<json_event> encoder_of(const config::sink_config& sink) {
  auto projection = model::compile_projection(sink.projection);
  if (!projection)
    return invalid(sink, projection.err().message);
  return json_event(*projection);
}

// More events than this of a partition cannot be out of order; a margin, because the sink's limit may be changed.
std::uint64_t disorder_max(const config::sink_config& sink) {
  return std::max<std::uint64_t>(4'096, std::uint64_t{sink.in_flight_events_max} * 2);
}

base::result<blueprint> sqlite_of(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 3> known{"path", "busy_timeout", "synchronous"};
  static constexpr std::array<std::string_view, 2> synchronous{"normal", "full"};
  settings s(sink, known);
  sqlite_settings out;
  out.path = s.required("path");
  out.busy_timeout = s.duration("busy_timeout", out.busy_timeout, {0ms, 60s});
  if (s.choice("synchronous", synchronous) == "full")
    out.synchronous = sqlite_synchronous::full;
  out.disorder_max = disorder_max(sink);
  if (auto checked = s.check(); !checked)
    return checked.err();
  if (sink.projection.kind() != v1::PROJECTION_KIND_UNSPECIFIED && sink.projection.kind() != v1::BI)
    return invalid(sink, "kind sqlite keeps every field; leave the projection out, or say bi");
  return blueprint{sqlite_target::traits, std::make_unique<sqlite_target>(std::move(out))};
}

base::result<blueprint> webhook_of(const config::sink_config& sink) {
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

base::result<blueprint> file_of(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 2> known{"path", "rotate_bytes"};
  settings s(sink, known);
  file_settings out;
  out.path = s.required("path");
  out.rotate_bytes = s.bytes("rotate_bytes", out.rotate_bytes, {1u << 10u, std::uint64_t{1} << 40u});
  out.disorder_max = disorder_max(sink);
  if (auto checked = s.check(); !checked)
    return checked.err();
  auto encoder = encoder_of(sink);
  if (!encoder)
    return encoder.err();
  return blueprint{file_target::traits, std::make_unique<file_target>(std::move(out), std::move(*encoder))};
}

struct kind {
  std::string_view name;
  base::result<blueprint> (*plan)(const config::sink_config&);
};

constexpr std::array<kind, 3> kinds{{{"sqlite", sqlite_of}, {"webhook", webhook_of}, {"file", file_of}}};

base::result<blueprint> plan(const config::sink_config& sink) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const kind& k) { return k.name == sink.kind; });
  if (found != kinds.end())
    return found->plan(sink);
  std::string known;
  for (const auto& k : kinds)
    known.append(known.empty() ? "" : ", ").append(k.name);
  return invalid(sink, "there is no kind \"" + sink.kind + "\"; known are: " + known);
}

} // namespace

base::result<ports::target_traits> traits_of(const config::sink_config& sink) {
  auto planned = plan(sink);
  if (!planned)
    return planned.err();
  return planned->traits;
}

base::result<std::unique_ptr<ports::target>> make_target(const config::sink_config& sink) {
  auto planned = plan(sink);
  if (!planned)
    return planned.err();
  return std::move(planned->target);
}

} // namespace cxstream::connectors
