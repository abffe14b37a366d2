// The API keys that are in force. Follows its file: a change is seen within 200 ms of checks. Thread-safe.
//
// 1. A key that the file revokes is refused from the next look on; nothing else has to be told.
// 2. A file that is broken or gone changes nothing: the last good keys stay, and problem() says so until it is mended.
#pragma once

#include "ports/log.hpp"
#include "security/api_keys/key_file.hpp"
#include "security/api_keys/key_set.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::security {

class key_ring {
public:
  static constexpr std::chrono::milliseconds look_every{200};

  // `log` outlives the ring. Errors: as of load_keys; a ring begins with a good file.
  static base::result<std::unique_ptr<key_ring>> open(std::string path, ports::log& log, base::timestamp now);

  // `shown` is the key's text, without "Bearer ".
  key_verdict check(std::string_view shown, const scope& needed, base::timestamp now);
  // Why the file was not taken over when it was last looked at.
  std::optional<base::error> problem() const;
  std::size_t size() const;

private:
  key_ring(std::string path, ports::log& log, read_keys first, base::timestamp now);

  std::shared_ptr<const key_set> in_force(base::timestamp now);
  void look();
  void note(base::error problem);

  const std::string path_;
  ports::log& log_;
  mutable std::mutex mutex_; // guards what follows
  std::shared_ptr<const key_set> keys_;
  std::optional<file_stamp> stamp_; // of the file that was read last, good or not; empty when there was none
  std::optional<base::error> problem_;
  base::timestamp looked_at_;
};

} // namespace cxstream::security
