// spooled_upload: a file that comes in, piece by piece, onto the disk. Its disk work is done by the desk's disk line;
// the line and the spool must outlive it.
//
// Invariants:
//  1. What came is pushed to the disk as it comes, so that the end of a long file asks for no long sync, which the log
//  would have to wait for.
//  2. An upload that is let go before it finished leaves nothing on the disk.
#pragma once

#include "ports/import_desk.hpp"
#include "ports/import_meter.hpp"
#include "sources/imports/disk_line.hpp"
#include "sources/imports/import_spool.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cxstream::sources {

struct upload_bounds {
  std::uint64_t bytes_max = 64ull << 30u;
  std::optional<std::uint64_t> announced; // bytes the sender said there would be
};

class spooled_upload final : public ports::import_upload {
public:
  // Of a file that is whole, synced and closed: makes the job. Called on the disk line.
  using made = std::function<base::result<v1::ImportJob>(std::uint64_t bytes)>;
  // How it ended, and how many bytes had come; once, on the disk line.
  using end_notice = std::function<void(ports::upload_outcome outcome, std::uint64_t bytes)>;

  // Touches the disk only when the first piece comes.
  spooled_upload(const std::string& id, const import_spool& spool, disk_line& line, const upload_bounds& bounds,
                 made make, end_notice ended);
  ~spooled_upload() override;

  void write(std::string piece, written done) override;
  void finish(ports::reply<v1::ImportJob> done) override;

private:
  class part; // on the disk line

  std::shared_ptr<part> part_;
  disk_line& line_;
};

} // namespace cxstream::sources
