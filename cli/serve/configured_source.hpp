// One source as configured: its payloads are verified, then mapped by the mapping in force. Thread-safe.
#pragma once

#include "config/config.hpp"
#include "ports/payload.hpp"
#include "security/verify/payload_verifier.hpp"
#include "sources/mapping/payload_mapper.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace cxstream::cli {

class configured_source final : public ports::payload_reader {
public:
  // Errors: what is wrong with the verification or the mapping.
  static base::result<std::shared_ptr<configured_source>> make(const config::source_config& config,
                                                               const model::validation_limits& limits);

  ports::read_payload read(const ports::payload& from, base::timestamp now) const override;
  ports::read_payload read_verified(const ports::payload& from, base::timestamp now) const override;
  bool hides(std::string_view header_name) const override;

  // "zendesk_events@1"
  std::string mapping_name() const;
  // The source_system of its events as far as the mapping says it for all; else the source's name.
  std::string source_system() const;

  enum class change { none, reloaded };
  // Reads the mapping's file again when it changed. Errors: it cannot be read; the mapping in force stays.
  base::result<change> look();

private:
  configured_source(const config::source_config& config, const model::validation_limits& limits,
                    security::payload_verifier verifier);
  base::result<void> load();
  std::shared_ptr<const sources::payload_mapper> mapper() const;

  const config::source_config config_;
  const model::validation_limits limits_;
  const security::payload_verifier verifier_;
  std::filesystem::file_time_type seen_{}; // of the mapping's file
  mutable std::mutex mutex_;
  std::shared_ptr<const sources::payload_mapper> mapper_;
};

} // namespace cxstream::cli
