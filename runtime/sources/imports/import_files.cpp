#include "sources/imports/import_files.hpp"

#include "sources/files/durable_file.hpp"

#include <date/date.h>

#include <algorithm>
#include <fstream>

namespace cxstream::sources {

namespace fs = std::filesystem;
using base::error_code;

namespace {

constexpr std::size_t name_bytes_max = 200;
constexpr std::uint64_t piece_bytes = 1u << 20u;

bool is_in(const fs::path& file, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return end == folder.end() && rest != file.end();
}

} // namespace

std::string id_of_time(std::int64_t us) {
  const std::chrono::sys_time<std::chrono::microseconds> at{std::chrono::microseconds{us}};
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  auto rest = std::to_string((at - second).count());
  rest.insert(0, 6 - rest.size(), '0');
  return date::format("%Y%m%dT%H%M%S", second) + "-" + rest;
}

base::result<void> check_spec(const v1::ImportSpec& spec) {
  if (spec.name().size() > name_bytes_max)
    return base::error{error_code::invalid_argument, "the name has more than 200 bytes; give it a shorter one"};
  if (!v1::ImportSpec().ParseFromString(spec.SerializeAsString())) // refuses what is no text
    return base::error{error_code::invalid_argument, "the name and the mapping must be UTF-8"};
  if (!(spec.rows_per_second_max() >= 0))
    return base::error{error_code::invalid_argument, "the rate is a number of rows a second, or 0"};
  return {};
}

base::result<fs::path> allowed_file(const std::string& path, const std::vector<fs::path>& folders) {
  if (folders.empty())
    return base::error{
        error_code::permission_denied,
        "the node imports no files by their path; upload the file, or allow a folder in imports.folders"};
  std::error_code why;
  const auto file = fs::path(path).is_absolute() ? fs::canonical(path, why) : fs::path();
  // A path that is not allowed is not told from one that is not there: nobody can look around with it.
  const bool allowed = !why && std::any_of(folders.begin(), folders.end(), [&](const fs::path& folder) {
    std::error_code ignored;
    const auto real = fs::canonical(folder, ignored);
    return !ignored && is_in(file, real);
  });
  if (!allowed || file.empty())
    return base::error{error_code::permission_denied,
                       "'" + path + "' is not a file in one of the folders that imports.folders allows"};
  if (!fs::is_regular_file(file, why))
    return base::error{error_code::invalid_argument, "'" + path + "' is no plain file"};
  return file;
}

base::result<ports::rejects_piece> read_lines(const fs::path& file, std::uint64_t from, std::uint64_t bytes) {
  ports::rejects_piece out;
  if (from >= bytes)
    return out;
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return file_error("read", file);
  in.seekg(static_cast<std::streamoff>(from == 0 ? 0 : from - 1));
  if (from > 0 && in.get() != '\n')
    return base::error{error_code::invalid_argument, "no line of the rejects begins at byte " + std::to_string(from)};
  std::string line;
  while (out.ndjson.size() < piece_bytes && from + out.ndjson.size() < bytes && std::getline(in, line))
    out.ndjson += line + "\n";
  const auto end = from + out.ndjson.size();
  out.next = end < bytes && !out.ndjson.empty() ? end : 0;
  return out;
}

} // namespace cxstream::sources
