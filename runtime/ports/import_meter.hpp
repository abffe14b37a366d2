// Counts what import jobs do. Implementations are thread-safe and cheap.
#pragma once

#include "cxstream/v1/imports.pb.h"

#include <cstdint>
#include <map>

namespace cxstream::ports {

enum class upload_outcome : std::uint8_t {
  taken,     // durable
  refused,   // too long, no room, not allowed
  abandoned, // the sender went away
};

class import_meter {
public:
  virtual ~import_meter() = default;
  virtual void upload(upload_outcome outcome, std::uint64_t bytes) = 0;
  virtual void rows(const v1::ImportCounts& counts) = 0;
  // How many jobs there are in each state.
  virtual void jobs(const std::map<v1::ImportState, std::size_t>& by_state) = 0;
};

} // namespace cxstream::ports
