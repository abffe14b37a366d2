// How large a test is: small by default, larger where the environment says so for a long run by hand.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace cxstream::integration {

inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text != nullptr ? std::stoull(text) : otherwise;
}

} // namespace cxstream::integration
