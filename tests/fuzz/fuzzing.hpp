// What the fuzz targets share: bytes to draw decisions from, and a check that ends the run. Each target is one
// LLVMFuzzerTestOneInput; docs: tests/fuzz/README.md.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace cxstream::fuzz {

// The first bytes of an input decide, the rest is what is read.
class input {
public:
  input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {
  }
  // 0 … below - 1; 0 when nothing is left.
  std::size_t choose(std::size_t below) {
    if (rest_.empty())
      return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte % below;
  }
  // Up to the next NUL byte, which is taken as well; else the rest.
  std::string_view text() {
    const auto end = rest_.find('\0');
    const auto out = rest_.substr(0, end);
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
    return out;
  }
  std::string_view rest() const {
    return rest_;
  }

private:
  std::string_view rest_;
};

inline void must(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

} // namespace cxstream::fuzz
