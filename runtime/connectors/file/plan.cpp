#include "connectors/file/plan.hpp"

#include "connectors/encoding/body_plan.hpp"
#include "connectors/file/file_target.hpp"
#include "connectors/settings.hpp"

#include <array>

namespace cxstream::connectors {

using namespace std::chrono_literals;

base::result<blueprint> plan_file(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 4> known{"path", "rotate_bytes", "envelope", "dataschema"};
  settings s(sink, known);
  file_settings out;
  out.path = s.required("path");
  out.rotate_bytes = s.bytes("rotate_bytes", out.rotate_bytes, {1u << 10u, std::uint64_t{1} << 40u});
  out.disorder_max = disorder_max(sink);
  const auto form = read_body(s);
  if (auto checked = s.check(); !checked)
    return checked.err();
  auto body = body_of(sink, form);
  if (!body)
    return body.err();
  return blueprint{file_target::traits, std::make_unique<file_target>(std::move(out), std::move(*body))};
}

} // namespace cxstream::connectors
