#include "connectors/file/plan.hpp"

#include "connectors/file/file_target.hpp"
#include "connectors/settings.hpp"

#include <array>

namespace cxstream::connectors {

using namespace std::chrono_literals;

base::result<blueprint> plan_file(const config::sink_config& sink) {
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

} // namespace cxstream::connectors
