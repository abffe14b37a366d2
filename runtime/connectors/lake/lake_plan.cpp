#include "connectors/lake/lake_plan.hpp"

#include "connectors/encoding/body_plan.hpp"
#include "model/projection.hpp"

namespace cxstream::connectors {

using namespace std::chrono_literals;

lake_settings read_lake_settings(settings& s, const config::sink_config& sink, std::string staging) {
  static constexpr std::array<std::string_view, 2> formats{"ndjson", "csv"};
  static constexpr std::array<std::string_view, 2> compressions{"zstd", "none"};
  constexpr std::uint64_t mebi = 1U << 20U;
  lake_settings out;
  out.staging.path = std::move(staging);
  out.staging.rotate_bytes = s.bytes("rotate_bytes", 64 * mebi, {4'096, 512 * mebi});
  out.staging.disorder_max = disorder_max(sink);
  out.rotate_every = s.duration("rotate_every", out.rotate_every, {1s, 24h});
  out.unpublished_max = s.number("unpublished_max", out.unpublished_max, {1, 100'000});
  if (s.choice("format", formats) == "csv")
    out.shape.format = part_format::csv;
  if (s.choice("compression", compressions) == "none")
    out.shape.compression = part_compression::none;
  if (const auto projection = model::compile_projection(sink.projection))
    for (const auto& field : projection->fields())
      out.shape.columns.push_back(field.name);
  return out;
}

base::result<blueprint> lake_blueprint(settings& s, const config::sink_config& sink, lake_settings read,
                                       std::unique_ptr<object_store> store) {
  const auto form = read_body(s);
  read.shape.enveloped = form.form == envelope::cloudevents;
  if (read.shape.enveloped && read.shape.format == part_format::csv)
    s.wrong("envelope", "cloudevents is JSON: it belongs to format: ndjson");
  if (auto checked = s.check(); !checked)
    return checked.err();
  auto body = body_of(sink, form);
  if (!body)
    return body.err();
  return blueprint{file_target::traits,
                   std::make_unique<lake_target>(std::move(read), std::move(*body), std::move(store))};
}

} // namespace cxstream::connectors
