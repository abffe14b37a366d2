// Conformance data comes in archives.
#pragma once

#include "unit/sources/scratch.hpp"

#include <cstdio>

namespace cxstream::sources {

inline void unpack_archive(const std::filesystem::path& archive, const scratch& into) {
  auto* tar = ::popen(("tar -xzf '" + archive.string() + "' -C '" + into.path().string() + "'").c_str(), "r");
  ASSERT_NE(tar, nullptr);
  ASSERT_EQ(::pclose(tar), 0);
}

} // namespace cxstream::sources
