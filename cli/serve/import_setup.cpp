#include "serve/import_setup.hpp"

#include "serve/yield_to_intake.hpp"

namespace cxstream::cli {

base::result<sources::import_options> import_options_of(const config::node_config& config) {
  const auto& from = config.imports;
  std::error_code ignored;
  if (!from.mappings.empty() && !std::filesystem::is_directory(from.mappings, ignored))
    return base::error{base::error_code::invalid_argument,
                       "imports.mappings: there is no folder " + from.mappings + "; make it, or leave the setting out"};
  sources::import_options out;
  out.spool = config.storage.data_dir + "/imports";
  out.folders.assign(from.folders.begin(), from.folders.end());
  out.mappings = from.mappings;
  out.upload_bytes_max = from.upload_bytes_max;
  out.free_bytes_min = from.free_bytes_min;
  out.uploads_max = from.uploads_max;
  out.runners = from.jobs_at_once;
  out.keep = std::chrono::duration_cast<std::chrono::hours>(from.keep);
  out.policy.rows_per_s = from.rows_per_second;
  out.policy.refused_max = from.refused_rows_max;
  out.limits = limits_of(config.ingest);
  if (config.delivery_priority == "background")
    out.on_runner = yield_to_intake;
  return out;
}

} // namespace cxstream::cli
