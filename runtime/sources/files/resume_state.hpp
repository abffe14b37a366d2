// How far the import of a file came, kept beside it so that an interrupted import goes on where it stopped. Plain
// values and the file they are kept in.
#pragma once

#include "base/result.hpp"
#include "sources/files/import_ledger.hpp"

#include <filesystem>
#include <optional>

namespace cxstream::sources {

// What must be the same for a state to be of use.
struct import_identity {
  std::uint64_t file_bytes = 0;
  std::int64_t file_modified_ns = 0;
  std::string mapping; // fingerprint
  std::string server;
  std::optional<std::uint64_t> shuffle; // seed

  bool operator==(const import_identity&) const = default;
};

struct resume_state {
  import_identity identity;
  std::uint64_t settled = 0; // rows below this place need not be sent again
  import_counts counts;
  std::uint64_t rejects_bytes = 0; // length of the rejects file at that place
  double seconds = 0;              // spent so far
};

// Size and time of the file; the rest as given. Errors: not_found.
base::result<import_identity> identify(const std::filesystem::path& file, std::string mapping, std::string server,
                                       std::optional<std::uint64_t> shuffle);

// Nothing when there is no such file. Errors: malformed, io.
base::result<std::optional<resume_state>> read_state(const std::filesystem::path& path);
// Whole or not at all: written beside, synced, renamed. Errors: io.
base::result<void> write_state(const std::filesystem::path& path, const resume_state& state);
// It is no error when there is none.
void remove_state(const std::filesystem::path& path);

} // namespace cxstream::sources
