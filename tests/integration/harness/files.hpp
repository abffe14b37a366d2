// Files of a test: a folder that goes with it, whole files, NDJSON, and the external data that not every machine has.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::integration {

// A folder of its own, removed with all that is in it.
class scratch_dir {
public:
  scratch_dir();
  ~scratch_dir();
  scratch_dir(const scratch_dir&) = delete;
  scratch_dir& operator=(const scratch_dir&) = delete;

  std::string path() const {
    return path_.string();
  }
  std::string operator/(std::string_view name) const {
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

// Throw std::runtime_error when the file cannot be read or written.
std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view text);
// One JSON value a line; a last line without its end is left out.
std::vector<nlohmann::json> read_ndjson(const std::string& path);
// The lines of all segments of a file sink, in order.
std::vector<nlohmann::json> read_archive(const std::string& directory);
// Name and content of every segment of a file sink.
std::vector<std::pair<std::string, std::string>> archive_bytes(const std::string& directory);

// Where a file of the external data lies; the test skips itself where it is absent.
std::string external_data(std::string_view name);
// A mapping of the examples.
std::string example_mapping(std::string_view name);

} // namespace cxstream::integration
