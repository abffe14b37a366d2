// Which reader a file needs: by the format of its mapping, and where that leaves a choice by the file's first bytes.
#pragma once

#include "sources/mapping/mapping.hpp"
#include "sources/record_stream.hpp"

#include <filesystem>

namespace cxstream::sources {

// "-" is standard input. `rules` must outlive the records. JSON and XML pass by, record for record, where the mapping
// names them by a plain path; else the file is read whole and must be short. Errors: not_found, io, malformed;
// invalid_argument (what the mapping names is not in the file, or the file is too long to be read whole).
base::result<std::unique_ptr<record_stream>> open_records(const std::filesystem::path& path, const mapping& rules);

// What a file is that comes without a mapping.
enum class file_look { table, json, xml, event_log };

// Errors: not_found, invalid_argument, io, malformed.
base::result<file_look> look_at(const std::filesystem::path& path);

} // namespace cxstream::sources
