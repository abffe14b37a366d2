// RocksDB's status in cxstream's words.
#pragma once

#include "base/result.hpp"

#include <rocksdb/status.h>

namespace cxstream::storage {

inline base::error to_error(const rocksdb::Status& s, std::string_view doing) {
  auto code = base::error_code::io;
  if (s.IsNoSpace() || s.subcode() == rocksdb::Status::kNoSpace ||
      s.ToString().find("No space left") != std::string::npos)
    code = base::error_code::resource_exhausted;
  else if (s.IsCorruption())
    code = base::error_code::corrupt;
  else if (s.IsShutdownInProgress())
    code = base::error_code::cancelled;
  return {code, std::string(doing) + ": " + s.ToString()};
}

} // namespace cxstream::storage
