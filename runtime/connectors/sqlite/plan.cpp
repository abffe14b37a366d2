#include "connectors/sqlite/plan.hpp"

#include "connectors/settings.hpp"
#include "connectors/sqlite/sqlite_target.hpp"

#include <array>

namespace cxstream::connectors {

using namespace std::chrono_literals;

base::result<blueprint> plan_sqlite(const config::sink_config& sink) {
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

} // namespace cxstream::connectors
