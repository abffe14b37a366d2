// The bytes of a file or of standard input, as they are. Owned by one thread.
#pragma once

#include "sources/input/byte_stage.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::sources {

class raw_bytes final : public byte_stage {
public:
  // "-" is standard input. Errors: not_found, invalid_argument (a directory), io.
  static base::result<std::unique_ptr<raw_bytes>> open(const std::filesystem::path& path);
  ~raw_bytes() override;
  raw_bytes(const raw_bytes&) = delete;
  raw_bytes& operator=(const raw_bytes&) = delete;

  // Errors: io.
  base::result<std::string_view> read() override;
  // The first piece, which the next read() gives as well. Errors: io.
  base::result<std::string_view> head();

  // Bytes handed out so far, and of the whole file; 0 where it has no size (a pipe).
  std::uint64_t position() const {
    return position_;
  }
  std::uint64_t size() const {
    return size_;
  }
  // For messages.
  const std::string& name() const {
    return name_;
  }

private:
  raw_bytes(int fd, std::string name, std::uint64_t size);
  base::result<std::size_t> fill();

  int fd_;
  std::string name_;
  std::uint64_t size_;
  std::uint64_t position_ = 0;
  std::size_t ahead_ = 0; // bytes of the first piece that was read for head()
  bool has_head_ = false;
  std::vector<char> buffer_;
};

} // namespace cxstream::sources
