// A directory of its own for a test, gone afterwards.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace cxstream::support {

class scratch_dir {
public:
  scratch_dir() {
    auto pattern = (std::filesystem::temp_directory_path() / "cxstream-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error("no temporary directory can be made");
    path_ = pattern;
  }
  ~scratch_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_dir(const scratch_dir&) = delete;
  scratch_dir& operator=(const scratch_dir&) = delete;

  std::string path(const std::string& name = "") const {
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

} // namespace cxstream::support
