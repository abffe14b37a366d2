#include "connectors/lake/plan.hpp"

#include "connectors/lake/folder_store.hpp"
#include "connectors/lake/lake_plan.hpp"

namespace cxstream::connectors {

base::result<blueprint> plan_lake(const config::sink_config& sink) {
  std::vector<std::string_view> known(lake_setting_names.begin(), lake_setting_names.end());
  known.emplace_back("path");
  settings s(sink, known);
  const auto path = s.required("path");
  auto read = read_lake_settings(s, sink, path + "/staging");
  return lake_blueprint(s, sink, std::move(read), std::make_unique<folder_store>(path, posix_file_ops()));
}

} // namespace cxstream::connectors
