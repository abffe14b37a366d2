// Files that are there wholly, or not at all, whatever happens. Plain functions.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string_view>

namespace cxstream::sources {

// An error of the operating system about a file, by errno: resource_exhausted when the disk is full, else io.
base::error file_error(std::string_view what, const std::filesystem::path& path);

// Written beside, synced, renamed into place; the folder is not synced. Errors: io, resource_exhausted.
base::result<void> replace_durably(const std::filesystem::path& path, std::string_view text);

// What was made, renamed or removed in a folder survives power loss. Errors: io.
base::result<void> sync_folder(const std::filesystem::path& folder);

} // namespace cxstream::sources
