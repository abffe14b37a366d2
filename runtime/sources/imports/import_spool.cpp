#include "sources/imports/import_spool.hpp"

#include "sources/files/durable_file.hpp"

#include <sys/statvfs.h>

#include <chrono>

namespace cxstream::sources {

namespace fs = std::filesystem;

base::result<import_spool> import_spool::open(fs::path root, std::uint64_t free_bytes_min) {
  std::error_code why;
  fs::create_directories(root, why);
  if (why)
    return base::error{base::error_code::io, "cannot make " + root.string() + ": " + why.message()};
  return import_spool(std::move(root), free_bytes_min);
}

base::result<std::uint64_t> import_spool::room() const {
  struct statvfs disk {};
  if (::statvfs(root_.c_str(), &disk) != 0)
    return file_error("look at the disk of", root_);
  const auto free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  return free > free_bytes_min_ ? free - free_bytes_min_ : 0;
}

fs::path import_spool::part_of(const std::string& id) const {
  return root_ / id / "file.part";
}
fs::path import_spool::file_of(const std::string& id) const {
  return root_ / id / "file";
}
fs::path import_spool::mapping_of(const std::string& id) const {
  return root_ / id / "mapping.yaml";
}
fs::path import_spool::rejects_of(const std::string& id) const {
  return root_ / id / "rejects.ndjson";
}

bool import_spool::has(const std::string& id) const {
  std::error_code ignored;
  return fs::exists(root_ / id, ignored);
}

base::result<void> import_spool::make(const std::string& id) const {
  std::error_code why;
  fs::create_directory(root_ / id, why);
  if (why)
    return base::error{base::error_code::io, "cannot make " + (root_ / id).string() + ": " + why.message()};
  return sync_folder(root_);
}

base::result<void> import_spool::keep_mapping(const std::string& id, std::string_view yaml) const {
  if (auto kept = replace_durably(mapping_of(id), yaml); !kept)
    return kept;
  return sync_folder(root_ / id);
}

base::result<void> import_spool::settle(const std::string& id, base::timestamp written_at) const {
  std::error_code why;
  fs::last_write_time(part_of(id), std::chrono::file_clock::from_sys(written_at), why);
  if (!why)
    fs::rename(part_of(id), file_of(id), why);
  if (why)
    return base::error{base::error_code::io, "cannot keep " + file_of(id).string() + ": " + why.message()};
  return sync_folder(root_ / id);
}

void import_spool::drop_file(const std::string& id) const {
  std::error_code ignored;
  fs::remove(file_of(id), ignored);
}

void import_spool::drop(const std::string& id) const {
  std::error_code ignored;
  fs::remove_all(root_ / id, ignored);
}

void import_spool::sweep(const std::set<std::string>& jobs) const {
  std::error_code ignored;
  std::set<std::string> unknown;
  for (const auto& entry : fs::directory_iterator(root_, ignored))
    if (const auto name = entry.path().filename().string(); !jobs.contains(name))
      unknown.insert(name);
  for (const auto& name : unknown)
    drop(name);
}

} // namespace cxstream::sources
