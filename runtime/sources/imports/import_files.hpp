// What is asked of files and texts around import jobs. Plain functions.
#pragma once

#include "base/result.hpp"
#include "ports/import_desk.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cxstream::sources {

// "20261130T204512-000123" of microseconds since 1970 UTC.
std::string id_of_time(std::int64_t us);

// Errors: invalid_argument.
base::result<void> check_spec(const v1::ImportSpec& spec);

// The file that a path leads to, links followed, when that is in one of the folders. Errors: permission_denied,
// not_found, invalid_argument.
base::result<std::filesystem::path> allowed_file(const std::string& path,
                                                 const std::vector<std::filesystem::path>& folders);

// Whole lines of a file's first `bytes` bytes, from a place on: about a MiB, or one line that is longer. Errors: io,
// invalid_argument (no line begins there).
base::result<ports::rejects_piece> read_lines(const std::filesystem::path& file, std::uint64_t from,
                                              std::uint64_t bytes);

} // namespace cxstream::sources
