#include "sources/imports/spooled_upload.hpp"

#include "sources/files/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cxstream::sources {

namespace {

constexpr std::uint64_t push_every_bytes = 8u << 20u;

} // namespace

class spooled_upload::part {
public:
  part(std::string id, const import_spool& spool, const upload_bounds& bounds, made make, end_notice ended)
      : id_(std::move(id)), spool_(spool), bounds_(bounds), make_(std::move(make)), ended_(std::move(ended)) {
  }
  ~part() {
    close();
    if (!finished_)
      spool_.drop(id_);
    if (ended_)
      ended_(finished_ ? ports::upload_outcome::taken
             : failed_ ? ports::upload_outcome::refused
                       : ports::upload_outcome::abandoned,
             bytes_);
  }
  part(const part&) = delete;
  part& operator=(const part&) = delete;

  base::result<void> write(std::string_view piece) {
    if (failed_)
      return *failed_;
    auto written = open();
    if (written)
      written = try_write(piece);
    if (!written)
      failed_ = written.err();
    return written;
  }

  base::result<v1::ImportJob> finish() {
    if (auto written = write({}); !written) // an empty file is one, too
      return written.err();
    if (bounds_.announced && *bounds_.announced != bytes_)
      return base::error{base::error_code::invalid_argument,
                         "the file has " + std::to_string(bytes_) + " bytes, and not the " +
                             std::to_string(*bounds_.announced) + " that were announced"};
    if (::fsync(descriptor_) != 0)
      return file_error("sync", spool_.part_of(id_));
    close();
    auto job = make_(bytes_);
    finished_ = bool(job);
    if (!job)
      failed_ = job.err();
    return job;
  }

private:
  base::result<void> open() {
    if (descriptor_ >= 0)
      return {};
    if (auto made_folder = spool_.make(id_); !made_folder)
      return made_folder;
    descriptor_ = ::open(spool_.part_of(id_).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (descriptor_ < 0)
      return file_error("write", spool_.part_of(id_));
    return {};
  }
  base::result<void> try_write(std::string_view piece) {
    if (piece.size() > bounds_.bytes_max - bytes_)
      return base::error{base::error_code::invalid_argument,
                         "the file is longer than " + std::to_string(bounds_.bytes_max) +
                             " bytes (imports.upload_bytes_max): send it in parts, or packed"};
    const auto room = spool_.room();
    if (!room)
      return room.err();
    if (*room < piece.size())
      return base::error{base::error_code::resource_exhausted, "the node's disk has no room for the rest of the file"};
    while (!piece.empty()) {
      const auto n = ::write(descriptor_, piece.data(), piece.size());
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return file_error("write", spool_.part_of(id_));
      bytes_ += static_cast<std::uint64_t>(n);
      piece.remove_prefix(static_cast<std::size_t>(n));
    }
    if (bytes_ - pushed_ < push_every_bytes)
      return {};
    pushed_ = bytes_;
    if (::fdatasync(descriptor_) != 0)
      return file_error("sync", spool_.part_of(id_));
    return {};
  }
  void close() {
    if (descriptor_ >= 0)
      ::close(std::exchange(descriptor_, -1));
  }

  const std::string id_;
  const import_spool& spool_;
  const upload_bounds bounds_;
  const made make_;
  const end_notice ended_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
  std::uint64_t pushed_ = 0;
  std::optional<base::error> failed_;
  bool finished_ = false;
};

spooled_upload::spooled_upload(const std::string& id, const import_spool& spool, disk_line& line,
                               const upload_bounds& bounds, made make, end_notice ended)
    : part_(std::make_shared<part>(id, spool, bounds, std::move(make), std::move(ended))), line_(line) {
}

// The part ends on the disk line, behind what it still does there.
spooled_upload::~spooled_upload() {
  line_.post([last = std::move(part_)] {});
}

void spooled_upload::write(std::string piece, written done) {
  line_.post([p = part_, bytes = std::move(piece), say = std::move(done)] { say(p->write(bytes)); });
}

void spooled_upload::finish(ports::reply<v1::ImportJob> done) {
  line_.post([p = part_, say = std::move(done)] { say(p->finish()); });
}

} // namespace cxstream::sources
