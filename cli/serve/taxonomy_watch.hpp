// The intake rules in force, and the taxonomy file they come from: looked at now and then, replaced as a whole when it
// changed and can be read, kept as they are when it cannot. rules() is thread-safe; look() belongs to one thread.
#pragma once

#include "actors/ingest/intake.hpp"
#include "config/config.hpp"
#include "ports/log.hpp"

#include <filesystem>
#include <memory>
#include <mutex>

namespace cxstream::cli {

class taxonomy_watch {
public:
  // Error: the file cannot be read.
  static base::result<std::unique_ptr<taxonomy_watch>> start(const config::node_config& config, ports::log& log);

  std::shared_ptr<const actors::intake_rules> rules() const;
  void look();

private:
  taxonomy_watch(const config::node_config& config, ports::log& log);
  base::result<void> load();

  std::string file_;
  ports::log& log_;
  actors::intake_rules base_;
  std::filesystem::file_time_type seen_{};
  mutable std::mutex mutex_;
  std::shared_ptr<const actors::intake_rules> rules_;
};

} // namespace cxstream::cli
