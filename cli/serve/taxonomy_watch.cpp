#include "serve/taxonomy_watch.hpp"

#include "config/load_taxonomy.hpp"

namespace cxstream::cli {

taxonomy_watch::taxonomy_watch(const config::node_config& config, ports::log& log)
    : file_(config.ingest.taxonomy_file), log_(log) {
  base_.limits.event_bytes = config.ingest.event_bytes_max;
  base_.limits.future_tolerance = config.ingest.future_tolerance;
  base_.partitions = config.storage.partitions;
  base_.taxonomy = std::make_shared<const model::taxonomy>();
  rules_ = std::make_shared<const actors::intake_rules>(base_);
}

base::result<std::unique_ptr<taxonomy_watch>> taxonomy_watch::start(const config::node_config& config,
                                                                    ports::log& log) {
  std::unique_ptr<taxonomy_watch> watch(new taxonomy_watch(config, log));
  if (!watch->file_.empty())
    if (auto loaded = watch->load(); !loaded)
      return loaded.err();
  return watch;
}

base::result<void> taxonomy_watch::load() {
  std::error_code ec;
  seen_ = std::filesystem::last_write_time(file_, ec);
  auto loaded = config::load_taxonomy(file_);
  if (!loaded)
    return loaded.err();
  auto next = base_;
  next.taxonomy = std::make_shared<const model::taxonomy>(std::move(*loaded));
  const std::lock_guard lock(mutex_);
  rules_ = std::make_shared<const actors::intake_rules>(std::move(next));
  return {};
}

std::shared_ptr<const actors::intake_rules> taxonomy_watch::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

void taxonomy_watch::look() {
  std::error_code ec;
  if (file_.empty() || std::filesystem::last_write_time(file_, ec) == seen_ || ec)
    return;
  if (auto loaded = load(); !loaded)
    log_.error("the changed taxonomy cannot be read; the old one stays in force", {{"why", loaded.err().message}});
  else
    log_.info("the taxonomy was reloaded", {{"file", file_}, {"version", rules()->taxonomy->version()}});
}

} // namespace cxstream::cli
