#include "unit/transport/kept_desk.hpp"

#include <algorithm>
#include <stdexcept>

namespace cxstream::transport::test {

namespace {

base::error unknown(const std::string& id) {
  return {base::error_code::not_found, "there is no import job '" + id + "'"};
}

} // namespace

class kept_desk::upload final : public ports::import_upload {
public:
  explicit upload(kept_desk& desk) : desk_(desk) {
  }
  ~upload() override {
    const std::lock_guard lock(desk_.mutex_);
    desk_.abandoned_ += desk_.last_.finished ? 0 : 1;
    desk_.changed_.notify_all();
  }
  void write(std::string piece, written done) override {
    std::unique_lock lock(desk_.mutex_);
    auto& file = desk_.last_;
    const bool refused = desk_.refuse_piece && file.pieces >= desk_.refuse_piece_after;
    ++file.pieces;
    file.longest_piece = std::max(file.longest_piece, piece.size());
    file.bytes += piece;
    lock.unlock();
    done(refused ? base::result<void>(*desk_.refuse_piece) : base::result<void>());
  }
  void finish(ports::reply<v1::ImportJob> done) override {
    v1::ImportJob job;
    {
      const std::lock_guard lock(desk_.mutex_);
      desk_.last_.finished = true;
      job.set_id("job-" + std::to_string(desk_.jobs_.size() + 1));
      job.set_name(desk_.last_.spec.name());
      job.set_state(v1::IMPORT_QUEUED);
      job.set_file_bytes(desk_.last_.bytes.size());
      job.set_created_by(desk_.created_by);
      desk_.jobs_[job.id()] = job;
    }
    done(job);
  }

private:
  kept_desk& desk_;
};

base::result<std::shared_ptr<ports::import_upload>>
kept_desk::begin_upload(v1::ImportSpec spec, ports::import_sender from, std::optional<std::uint64_t> bytes) {
  maybe_throw();
  if (refuse_begin)
    return *refuse_begin;
  const std::lock_guard lock(mutex_);
  last_ = {std::move(spec), std::move(from), bytes, {}};
  return std::shared_ptr<ports::import_upload>(std::make_shared<upload>(*this));
}

void kept_desk::start(v1::StartImportRequest request, ports::import_sender, ports::reply<v1::ImportJob> done) {
  v1::ImportJob job;
  job.set_id("by-path");
  job.set_path(request.path());
  done(job);
}

void kept_desk::maybe_throw() const {
  if (throws)
    throw std::runtime_error("planted");
}

std::vector<v1::ImportJob> kept_desk::list() const {
  maybe_throw();
  const std::lock_guard lock(mutex_);
  std::vector<v1::ImportJob> out;
  for (const auto& [id, job] : jobs_)
    out.push_back(job);
  return out;
}

base::result<v1::ImportJob> kept_desk::find(const std::string& id) const {
  maybe_throw();
  if (refuse_call)
    return *refuse_call;
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end())
    return unknown(id);
  return found->second;
}

void kept_desk::steer(const std::string& id, v1::ImportState to, const ports::reply<v1::ImportJob>& done) {
  auto job = find(id);
  if (job && job->state() == v1::IMPORT_DONE)
    return done(base::error{base::error_code::failed_precondition, "it is over"});
  if (job)
    change(id, to);
  done(job ? find(id) : job);
}

void kept_desk::pause(const std::string& id, ports::reply<v1::ImportJob> done) {
  steer(id, v1::IMPORT_PAUSED, done);
}
void kept_desk::resume(const std::string& id, ports::reply<v1::ImportJob> done) {
  steer(id, v1::IMPORT_QUEUED, done);
}
void kept_desk::cancel(const std::string& id, ports::reply<v1::ImportJob> done) {
  steer(id, v1::IMPORT_CANCELLED, done);
}

void kept_desk::forget(const std::string& id, ports::reply<v1::ImportJob> done) {
  const auto job = find(id);
  if (job && job->state() != v1::IMPORT_DONE)
    return done(base::error{base::error_code::failed_precondition, "cancel it first"});
  if (job) {
    const std::lock_guard lock(mutex_);
    jobs_.erase(id);
  }
  done(job);
}

void kept_desk::read_rejects(const std::string& id, std::uint64_t from, ports::reply<ports::rejects_piece> done) {
  if (const auto found = find(id); !found)
    return done(found.err());
  done(from == 0 ? ports::rejects_piece{"{\"row\":1}\n", 10} : ports::rejects_piece{"{\"row\":2}\n", 0});
}

kept_desk::sent_file kept_desk::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::size_t kept_desk::abandoned() const {
  const std::lock_guard lock(mutex_);
  return abandoned_;
}

bool kept_desk::wait_for_abandoned(std::size_t n) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return abandoned_ >= n; });
}

void kept_desk::change(const std::string& id, v1::ImportState state) {
  const std::lock_guard lock(mutex_);
  jobs_[id].set_state(state);
}

} // namespace cxstream::transport::test
