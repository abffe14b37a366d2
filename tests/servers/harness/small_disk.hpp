// A disk of its own, in memory, as long as this lives; needs the right to mount.
#pragma once

#include <sys/mount.h>

#include <filesystem>
#include <string>
#include <utility>

namespace cxstream::servers {

class small_disk {
public:
  small_disk(std::string path, const std::string& size) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    is_mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  ~small_disk() {
    if (is_mounted_)
      ::umount2(path_.c_str(), MNT_DETACH);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  bool is_mounted() const {
    return is_mounted_;
  }
  const std::string& path() const {
    return path_;
  }
  // False when the system says no.
  [[nodiscard]] bool grow(const std::string& size) const {
    return ::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str()) == 0;
  }

private:
  std::string path_;
  bool is_mounted_ = false;
};

} // namespace cxstream::servers
