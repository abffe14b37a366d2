// Counts how often each value of a stream of hashes came: about 20 to 40 bytes a distinct value. Owned by one thread.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>

namespace cxstream::sources {

class occurrences {
public:
  // 1 the first time a hash comes, then 2, 3 …
  std::uint32_t next(std::uint64_t hash) {
    return ++counts_[hash];
  }

private:
  absl::flat_hash_map<std::uint64_t, std::uint32_t> counts_;
};

} // namespace cxstream::sources
