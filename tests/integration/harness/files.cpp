#include "integration/harness/files.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cxstream::integration {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> segments(const std::string& directory) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().extension() == ".ndjson")
      out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace

scratch_dir::scratch_dir() {
  auto name = (fs::temp_directory_path() / "cxstream-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw std::runtime_error("cannot make a folder like " + name);
  path_ = name;
}

scratch_dir::~scratch_dir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out << text << std::flush;
  if (!out)
    throw std::runtime_error("cannot write " + path);
}

std::vector<nlohmann::json> read_ndjson(const std::string& path) {
  std::vector<nlohmann::json> out;
  std::ifstream in(path, std::ios::binary);
  for (std::string line; std::getline(in, line) && !in.eof();)
    out.push_back(nlohmann::json::parse(line));
  return out;
}

std::vector<nlohmann::json> read_archive(const std::string& directory) {
  std::vector<nlohmann::json> out;
  for (const auto& segment : segments(directory))
    for (auto& line : read_ndjson(segment.string()))
      out.push_back(std::move(line));
  return out;
}

std::vector<std::pair<std::string, std::string>> archive_bytes(const std::string& directory) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& segment : segments(directory))
    out.emplace_back(segment.filename().string(), read_file(segment.string()));
  return out;
}

std::string external_data(std::string_view name) {
  return CXSTREAM_SOURCE_DIR "/../shared/data/" + std::string(name);
}

std::string example_mapping(std::string_view name) {
  return CXSTREAM_SOURCE_DIR "/examples/mappings/" + std::string(name);
}

} // namespace cxstream::integration
