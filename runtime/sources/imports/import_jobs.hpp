// import_jobs: the desk of a node's import jobs. It keeps their records, gives them to its runners in the order of
// their age, and takes uploads. Life: open → serve (uploads, steering, reading) → destroyed before what it was given;
// uploads must be gone by then.
//
// One lock owns the jobs' machines and orders the writes of their records. Runners are threads of their own, of low
// priority; a disk line does what callers must not wait for.
//
// Invariants:
//  1. A job that a caller was told of is in the store, with its file; so is every wish that was answered.
//  2. A record is in the store as long as the job's folder is, but for an upload under way.
//  3. A job runs in one runner at a time.
#pragma once

#include "ports/clock.hpp"
#include "ports/import_desk.hpp"
#include "ports/import_meter.hpp"
#include "ports/log.hpp"
#include "ports/store.hpp"
#include "protocols/import_job.hpp"
#include "sources/imports/disk_line.hpp"
#include "sources/imports/import_mappings.hpp"
#include "sources/imports/import_run.hpp"
#include "sources/imports/import_spool.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace cxstream::sources {

struct import_options {
  std::filesystem::path spool;                // a folder of the node's data
  std::vector<std::filesystem::path> folders; // whose files may be imported by path
  std::filesystem::path mappings;             // folder of FILE.yaml; empty: none
  std::uint64_t upload_bytes_max = 64ull << 30u;
  std::uint64_t free_bytes_min = 1ull << 30u; // of the disk, that uploads leave
  std::size_t uploads_max = 4;                // at once
  std::size_t runners = 1;                    // jobs that run at once
  std::size_t jobs_max = 10'000;              // kept, whatever their state
  std::chrono::hours keep{30 * 24};           // jobs that have come to their end
  protocols::import_policy policy;
  model::validation_limits limits;
  std::function<void()> on_runner; // called on each runner's thread at its start; may be empty
};

struct import_services {
  ports::ingest_gate& gate;
  ports::store& store;
  const ports::clock& clock;
  ports::import_meter& meter;
  ports::log& log;
};

class import_jobs final : public ports::import_desk {
public:
  // Reads the jobs there are and lets them go on. Errors: io, corrupt, resource_exhausted.
  static base::result<std::unique_ptr<import_jobs>> open(import_options options, const import_services& services);
  // Ends the runs under way; nothing that is not durable counts.
  ~import_jobs() override;

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

  // The mapping that a dead letter of an import names: see import_letters.hpp.
  const import_mappings& mappings() const {
    return mappings_;
  }
  // Takes no more uploads and ends the runs; from then on only looking and steering go on. Idempotent.
  void stop();

private:
  using job_map = std::map<std::string, protocols::import_job>;
  using wish = base::result<void> (*)(protocols::import_job&, base::timestamp);

  import_jobs(import_options options, const import_services& services, import_spool spool);
  base::result<void> load();
  void start_runners();

  // What a job is to be made of.
  struct draft {
    std::string id;
    v1::ImportSpec spec;
    ports::import_sender from;
    std::optional<import_mapping> mapping; // none: what the file asks for
  };
  base::result<draft> make_draft(v1::ImportSpec spec, ports::import_sender from) const;
  std::string next_id();
  base::result<v1::ImportJob> made_of_upload(const draft& from, std::uint64_t bytes);
  base::result<v1::ImportJob> made_of_path(draft from, const std::string& path);
  base::result<v1::ImportJob> add(const draft& from, const import_mapping& mapping, v1::ImportJobRecord record);
  void upload_ended(ports::upload_outcome outcome, std::uint64_t bytes);

  void steer(const std::string& id, wish what, ports::reply<v1::ImportJob> done);
  base::result<void> store(const v1::ImportJobRecord& record) const;
  base::result<void> erase(const std::string& id) const;
  void report() const; // with the lock
  void forget_old();   // with the lock

  void run(const std::stop_token& stop);
  std::optional<std::string> next_job(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
  void run_job(const std::string& id, std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
  protocols::import_effect carry_out(const protocols::import_effect& effect, import_run& run, const std::string& id,
                                     const std::stop_token& stop);
  template <class Answer>
  protocols::import_effect told(const std::string& id, Answer answer);

  const import_options options_;
  const import_services services_;
  const import_spool spool_;
  const import_mappings mappings_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  job_map jobs_; // guarded by mutex_, as the next three
  std::int64_t last_id_us_ = 0;
  std::size_t uploads_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> runners_;
  disk_line line_; // last: what it still does uses all of the above
};

} // namespace cxstream::sources
