// The outside of import jobs, for their tests: a store, a clock, a node that decides, and a desk that can be taken away
// and set up again, as a restart does.
#pragma once

#include "sources/imports/import_jobs.hpp"
#include "support/memory_store.hpp"
#include "support/scratch_dir.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <set>

namespace cxstream::sources::test {

// Knows events by ticket and key, and letters by their id, as a node does. Answers on the caller's thread.
class knowing_gate final : public ports::ingest_gate {
public:
  std::shared_ptr<ports::ingest_session> open(std::shared_ptr<ports::ingest_listener> listener,
                                              ports::ingest_client from) override;
  std::uint32_t credit_events() const override {
    return 1'000;
  }

  std::size_t events() const;
  std::map<std::string, v1::DeadLetter> letters() const;
  ports::ingest_client last_client() const;
  // The next batches are not answered but failed.
  std::atomic<int> failures = 0;
  // Batches wait for this many permits; -1: none is needed.
  void permit(int batches);
  void hold() {
    permits_ = 0;
  }
  // Waits until a batch is held, and no permit is left.
  bool is_holding();

private:
  class session;
  void take(ports::ingest_listener& listener, const v1::RawPublishRequest& batch,
            const std::vector<v1::DeadLetter>& refused);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int permits_ = -1;
  int held_ = 0;
  std::set<std::pair<std::string, std::string>> known_;
  std::map<std::string, v1::DeadLetter> letters_;
  ports::ingest_client client_;
};

class noted_meter final : public ports::import_meter {
public:
  void upload(ports::upload_outcome outcome, std::uint64_t) override {
    ++uploads.at(static_cast<std::size_t>(outcome));
  }
  void rows(const v1::ImportCounts& counts) override {
    total += counts.rows();
  }
  void jobs(const std::map<v1::ImportState, std::size_t>&) override {
  }

  std::array<std::atomic<int>, 3> uploads{}; // by upload_outcome
  std::atomic<std::uint64_t> total = 0;
};

class ImportStage : public ::testing::Test {
protected:
  ImportStage();
  void TearDown() override {
    gate.permit(-1);
    desk.reset();
  }
  // Anew, on what is kept.
  void restart();
  // The job of a file that comes in `pieces`.
  base::result<v1::ImportJob> upload(const std::string& text, v1::ImportSpec spec, std::size_t piece_bytes = 1'000,
                                     ports::import_sender from = {});
  base::result<v1::ImportJob> steered(void (ports::import_desk::*wish)(const std::string&, ports::reply<v1::ImportJob>),
                                      const std::string& id);
  // Waits until a job is so; it as it is then.
  v1::ImportJob when(const std::string& id, v1::ImportState state);
  std::string rejects(const std::string& id);
  std::string spool_of(const std::string& id) const {
    return dir.path("spool/" + id);
  }

  support::scratch_dir dir;
  support::memory_store store;
  ports::system_clock clock;
  knowing_gate gate;
  noted_meter meter;
  ports::no_log log;
  import_options options;
  std::unique_ptr<import_jobs> desk;
};

// NDJSON of canonical events: `count` rows, each of its own key.
std::string events_text(std::size_t count);

} // namespace cxstream::sources::test
