// Which files of a folder are whole, told by looking at it again and again. Pure; owned by one thread.
//
// Invariant: a file is whole when it was not changed for a while: by its own time of change (a file that is renamed
// into its place brings it along), or by what was seen here (clocks of other machines can be ahead).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cxstream::sources {

// A file as it is seen in the folder.
struct file_sighting {
  std::string name;
  std::uint64_t bytes = 0;
  std::chrono::system_clock::time_point changed_at;
};

class watched_folder {
public:
  explicit watched_folder(std::chrono::milliseconds quiet) : quiet_(quiet) {
  }

  // Takes a look at all files there are; names of those that are whole, the oldest first.
  std::vector<std::string> look(std::vector<file_sighting> all, std::chrono::system_clock::time_point now);

  // Whether the name is one of a file that somebody still writes, or that belongs to an import: ".x", "x.part",
  // "x.tmp".
  static bool is_passed_over(const std::string& name);

private:
  struct memory {
    std::uint64_t bytes;
    std::chrono::system_clock::time_point changed_at;
    std::chrono::system_clock::time_point since; // it looks so
  };

  std::chrono::milliseconds quiet_;
  std::map<std::string, memory> seen_;
};

} // namespace cxstream::sources
