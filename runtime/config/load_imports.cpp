#include "config/load_imports.hpp"

namespace cxstream::config {

namespace {

constexpr std::uint64_t kib = 1u << 10u;
constexpr std::uint64_t tib = 1ull << 40u;
constexpr std::chrono::hours a_day{24};

} // namespace

void read_imports(section in, imports_config& out) {
  if (in.has("folders"))
    out.folders = in.texts("folders");
  for (const auto& folder : out.folders)
    if (!folder.starts_with('/'))
      in.wrong("folders", "cannot have \"" + folder + "\"; write absolute paths, such as /srv/exports");
  in.text("mappings", out.mappings);
  in.size("upload_bytes_max", out.upload_bytes_max, {kib, 1'024 * tib});
  in.size("free_bytes_min", out.free_bytes_min, {std::uint64_t{0}, 1'024 * tib});
  in.number("uploads_max", out.uploads_max, {1, 1'000});
  in.number("jobs_at_once", out.jobs_at_once, {1, 16});
  in.rate("rate", out.rows_per_second);
  in.number("refused_rows_max", out.refused_rows_max, {std::uint64_t{0}, 1'000'000'000'000});
  in.duration("keep", out.keep, {std::chrono::seconds{0}, 3'650 * a_day});
  in.finish();
}

} // namespace cxstream::config
