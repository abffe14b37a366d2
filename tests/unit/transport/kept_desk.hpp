// A desk of import jobs that keeps what is sent to it in memory, for tests of the ways to it. Thread-safe.
#pragma once

#include "ports/import_desk.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace cxstream::transport::test {

class kept_desk final : public ports::import_desk {
public:
  struct sent_file {
    v1::ImportSpec spec;
    ports::import_sender from;
    std::optional<std::uint64_t> announced;
    std::string bytes;
    std::size_t pieces = 0;
    std::size_t longest_piece = 0;
    bool finished = false;
  };

  base::result<std::shared_ptr<ports::import_upload>> begin_upload(v1::ImportSpec spec, ports::import_sender from,
                                                                   std::optional<std::uint64_t> bytes) override;
  void start(v1::StartImportRequest request, ports::import_sender from, ports::reply<v1::ImportJob> done) override;
  std::vector<v1::ImportJob> list() const override;
  base::result<v1::ImportJob> find(const std::string& id) const override;
  void pause(const std::string& id, ports::reply<v1::ImportJob> done) override;
  void resume(const std::string& id, ports::reply<v1::ImportJob> done) override;
  void cancel(const std::string& id, ports::reply<v1::ImportJob> done) override;
  void forget(const std::string& id, ports::reply<v1::ImportJob> done) override;
  void read_rejects(const std::string& id, std::uint64_t from, ports::reply<ports::rejects_piece> done) override;

  // The last file that was begun.
  sent_file last() const;
  std::size_t abandoned() const;
  bool wait_for_abandoned(std::size_t n);
  void change(const std::string& id, v1::ImportState state);

  // Set before they are needed.
  std::optional<base::error> refuse_begin;
  std::optional<base::error> refuse_piece;
  std::size_t refuse_piece_after = 0;
  std::string created_by;
  std::optional<base::error> refuse_call; // of looking, steering and reading rejects
  bool throws = false;                    // in every call

private:
  class upload;
  void maybe_throw() const;
  void steer(const std::string& id, v1::ImportState to, const ports::reply<v1::ImportJob>& done);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  sent_file last_;
  std::size_t abandoned_ = 0;
  std::map<std::string, v1::ImportJob> jobs_;
};

} // namespace cxstream::transport::test
