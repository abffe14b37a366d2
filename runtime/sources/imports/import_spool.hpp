// import_spool: the folders of import jobs below the node's data: each job's file, its mapping and its rejects.
// Thread-safe: it keeps no state; two callers never work on one job's files at the same time.
//
// Invariant: a folder without a job's record in the store is the rest of an upload that did not finish; sweep() removes
// it.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

namespace cxstream::sources {

class import_spool {
public:
  // Makes the folder. Errors: io, resource_exhausted.
  static base::result<import_spool> open(std::filesystem::path root, std::uint64_t free_bytes_min);

  // Bytes that the disk has beyond what is to stay free; 0 when it has less. Errors: io.
  base::result<std::uint64_t> room() const;

  // The file while it comes in, and when it is whole.
  std::filesystem::path part_of(const std::string& id) const;
  std::filesystem::path file_of(const std::string& id) const;
  std::filesystem::path mapping_of(const std::string& id) const;
  std::filesystem::path rejects_of(const std::string& id) const;

  bool has(const std::string& id) const;
  // Errors: io, resource_exhausted, as with the next two.
  base::result<void> make(const std::string& id) const;
  base::result<void> keep_mapping(const std::string& id, std::string_view yaml) const;
  // The part is whole and synced: it becomes the file, which is of that time. Durable when this returns.
  base::result<void> settle(const std::string& id, base::timestamp written_at) const;

  // No longer needed; what cannot be removed is left for sweep().
  void drop_file(const std::string& id) const;
  void drop(const std::string& id) const;
  // Removes the folders of all but these jobs.
  void sweep(const std::set<std::string>& jobs) const;

private:
  import_spool(std::filesystem::path root, std::uint64_t free_bytes_min)
      : root_(std::move(root)), free_bytes_min_(free_bytes_min) {
  }

  std::filesystem::path root_;
  std::uint64_t free_bytes_min_;
};

} // namespace cxstream::sources
