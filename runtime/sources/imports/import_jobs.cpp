#include "sources/imports/import_jobs.hpp"

#include "model/revision.hpp"
#include "ports/keys.hpp"
#include "sources/files/resume_state.hpp"
#include "sources/imports/import_files.hpp"
#include "sources/imports/spooled_upload.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::sources {

namespace {

using base::error_code;

base::error no_such_job(const std::string& id) {
  return {error_code::not_found, "there is no import job '" + id + "'"};
}

} // namespace

import_jobs::import_jobs(import_options options, const import_services& services, import_spool spool)
    : options_(std::move(options)), services_(services), spool_(std::move(spool)), mappings_(options_.mappings) {
}

import_jobs::~import_jobs() {
  stop();
}

base::result<std::unique_ptr<import_jobs>> import_jobs::open(import_options options, const import_services& services) {
  auto spool = import_spool::open(options.spool, options.free_bytes_min);
  if (!spool)
    return spool.err();
  std::unique_ptr<import_jobs> out(new import_jobs(std::move(options), services, *std::move(spool)));
  if (auto loaded = out->load(); !loaded)
    return loaded.err();
  out->start_runners();
  return out;
}

base::result<void> import_jobs::load() {
  const auto prefix = ports::keys::import_record_prefix();
  std::optional<base::error> broken;
  const auto visit = [&](std::string_view key, std::string_view value) {
    v1::ImportJobRecord record;
    if (record.ParseFromArray(value.data(), static_cast<int>(value.size())))
      jobs_.emplace(std::string(key.substr(prefix.size())), protocols::import_job(std::move(record), options_.policy));
    else
      broken = base::error{error_code::corrupt, "the import job " + std::string(key) + " cannot be read"};
    return !broken;
  };
  if (auto scanned = services_.store.scan(ports::family::meta, prefix, ports::keys::after_prefix(prefix), visit);
      !scanned)
    return scanned;
  if (broken)
    return *broken;
  std::set<std::string> known;
  for (const auto& [id, job] : jobs_) {
    known.insert(id);
    if (job.needs_no_file())
      spool_.drop_file(id);
  }
  spool_.sweep(known);
  forget_old();
  report();
  return {};
}

base::result<import_jobs::draft> import_jobs::make_draft(v1::ImportSpec spec, ports::import_sender from) const {
  if (auto checked = check_spec(spec); !checked)
    return checked.err();
  draft out{{}, std::move(spec), std::move(from), {}};
  const auto& wanted = out.spec;
  if (!wanted.mapping_yaml().empty() && !out.from.may_program)
    return base::error{
        error_code::permission_denied,
        "a mapping that comes with a file needs a key with the scope operate; name one that the node has"};
  if (wanted.mapping_yaml().empty() && wanted.mapping().empty())
    return out;
  auto mapping = wanted.mapping_yaml().empty() ? mappings_.named(wanted.mapping())
                                               : import_mappings::of_text(wanted.mapping_yaml(), wanted.mapping());
  if (!mapping)
    return mapping.err();
  out.mapping = *std::move(mapping);
  return out;
}

// With the lock. Ids are times, which people can read and which sort by age.
std::string import_jobs::next_id() {
  last_id_us_ = std::max(last_id_us_ + 1, base::to_us(services_.clock.now()));
  while (jobs_.contains(id_of_time(last_id_us_)) || spool_.has(id_of_time(last_id_us_)))
    ++last_id_us_;
  return id_of_time(last_id_us_);
}

base::result<std::shared_ptr<ports::import_upload>>
import_jobs::begin_upload(v1::ImportSpec spec, ports::import_sender from, std::optional<std::uint64_t> bytes) {
  auto drafted = make_draft(std::move(spec), std::move(from));
  if (!drafted)
    return drafted.err();
  if (bytes && *bytes > options_.upload_bytes_max)
    return base::error{error_code::invalid_argument,
                       "the file is longer than " + std::to_string(options_.upload_bytes_max) +
                           " bytes (imports.upload_bytes_max): send it in parts, or packed"};
  const auto room = spool_.room();
  if (!room)
    return room.err();
  if (*room < bytes.value_or(1))
    return base::error{error_code::resource_exhausted,
                       "the node's disk has no room for the file: " + std::to_string(*room) + " bytes are left"};
  {
    const std::lock_guard lock(mutex_);
    if (stopping_)
      return base::error{error_code::unavailable, "the node is shutting down: send the file again"};
    if (uploads_ >= options_.uploads_max)
      return base::error{error_code::unavailable, "as many files are coming in as may at once: send it again later"};
    if (jobs_.size() >= options_.jobs_max)
      return base::error{error_code::resource_exhausted, "there are as many jobs as may be kept: delete old ones"};
    ++uploads_;
    drafted->id = next_id();
  }
  const auto id = drafted->id;
  return std::shared_ptr<ports::import_upload>(std::make_shared<spooled_upload>(
      id, spool_, line_, upload_bounds{options_.upload_bytes_max, bytes},
      [this, from_draft = *std::move(drafted)](std::uint64_t came) { return made_of_upload(from_draft, came); },
      [this](ports::upload_outcome outcome, std::uint64_t came) { upload_ended(outcome, came); }));
}

void import_jobs::upload_ended(ports::upload_outcome outcome, std::uint64_t bytes) {
  services_.meter.upload(outcome, bytes);
  const std::lock_guard lock(mutex_);
  --uploads_;
}

base::result<v1::ImportJob> import_jobs::made_of_upload(const draft& from, std::uint64_t bytes) {
  const auto now = services_.clock.now();
  const auto written = from.spec.has_written_at() ? base::from_us(model::to_us(from.spec.written_at())) : now;
  if (auto settled = spool_.settle(from.id, written); !settled)
    return settled.err();
  auto mapping =
      from.mapping ? base::result<import_mapping>(*from.mapping) : import_mappings::fitting(spool_.file_of(from.id));
  if (!mapping)
    return mapping.err();
  v1::ImportJobRecord record;
  record.mutable_job()->set_file_bytes(bytes);
  return add(from, *mapping, std::move(record));
}

void import_jobs::start(v1::StartImportRequest request, ports::import_sender from, ports::reply<v1::ImportJob> done) {
  auto drafted = make_draft(std::move(*request.mutable_spec()), std::move(from));
  if (!drafted)
    return done(drafted.err());
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= options_.jobs_max)
      return done(
          base::error{error_code::resource_exhausted, "there are as many jobs as may be kept: delete old ones"});
    drafted->id = next_id();
  }
  line_.post([this, one = *std::move(drafted), path = request.path(), say = std::move(done)] {
    auto job = made_of_path(one, path);
    if (!job)
      spool_.drop(one.id);
    say(std::move(job));
  });
}

base::result<v1::ImportJob> import_jobs::made_of_path(draft from, const std::string& path) {
  const auto file = allowed_file(path, options_.folders);
  if (!file)
    return file.err();
  const auto identity = identify(*file, {}, {}, {});
  if (!identity)
    return identity.err();
  auto mapping = from.mapping ? base::result<import_mapping>(*from.mapping) : import_mappings::fitting(*file);
  if (!mapping)
    return mapping.err();
  if (auto made = spool_.make(from.id); !made)
    return made.err();
  if (from.spec.name().empty())
    from.spec.set_name(file->filename().string());
  v1::ImportJobRecord record;
  record.mutable_job()->set_path(file->string());
  record.mutable_job()->set_file_bytes(identity->file_bytes);
  record.set_file_modified_ns(identity->file_modified_ns);
  return add(from, *mapping, std::move(record));
}

base::result<v1::ImportJob> import_jobs::add(const draft& from, const import_mapping& mapping,
                                             v1::ImportJobRecord record) {
  if (!mapping.text.empty())
    if (auto kept = spool_.keep_mapping(from.id, mapping.text); !kept)
      return kept.err();
  auto& job = *record.mutable_job();
  job.set_id(from.id);
  job.set_name(from.spec.name().empty() ? "upload" : from.spec.name());
  job.set_mapping(mapping.rules.label());
  job.set_state(v1::IMPORT_QUEUED);
  job.set_created_by(from.from.key_id);
  job.set_rows_per_second_max(from.spec.rows_per_second_max());
  model::set_us(*job.mutable_created_at(), base::to_us(services_.clock.now()));
  record.set_mapping_fingerprint(mapping.rules.fingerprint);
  for (const auto& source : from.from.sources)
    record.add_sources(source);
  const std::lock_guard lock(mutex_);
  if (auto stored = store(record); !stored)
    return stored.err();
  services_.log.info("an import job was made", {{"job", job.id()}, {"name", job.name()}, {"bytes", job.file_bytes()}});
  const auto out = job;
  jobs_.emplace(from.id, protocols::import_job(std::move(record), options_.policy));
  report();
  changed_.notify_all();
  return out;
}

std::vector<v1::ImportJob> import_jobs::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<v1::ImportJob> out;
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job)
    out.push_back(job->second.record().job());
  return out;
}

base::result<v1::ImportJob> import_jobs::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end())
    return no_such_job(id);
  return found->second.record().job();
}

void import_jobs::pause(const std::string& id, ports::reply<v1::ImportJob> done) {
  steer(
      id, [](protocols::import_job& job, base::timestamp) { return job.pause(); }, std::move(done));
}

void import_jobs::resume(const std::string& id, ports::reply<v1::ImportJob> done) {
  steer(
      id, [](protocols::import_job& job, base::timestamp) { return job.resume(); }, std::move(done));
}

void import_jobs::cancel(const std::string& id, ports::reply<v1::ImportJob> done) {
  steer(
      id, [](protocols::import_job& job, base::timestamp now) { return job.cancel(now); }, std::move(done));
}

void import_jobs::steer(const std::string& id, wish what, ports::reply<v1::ImportJob> done) {
  line_.post([this, id, what, say = std::move(done)] {
    std::unique_lock lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end())
      return lock.unlock(), say(no_such_job(id));
    auto wished = found->second; // in force once it is stored
    auto done_so = what(wished, services_.clock.now());
    if (done_so && wished.state() != found->second.state())
      done_so = store(wished.record());
    if (!done_so)
      return lock.unlock(), say(done_so.err());
    found->second = std::move(wished);
    if (found->second.needs_no_file())
      spool_.drop_file(id);
    const auto job = found->second.record().job();
    report();
    changed_.notify_all();
    lock.unlock();
    say(job);
  });
}

void import_jobs::forget(const std::string& id, ports::reply<v1::ImportJob> done) {
  line_.post([this, id, say = std::move(done)] {
    std::unique_lock lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end())
      return lock.unlock(), say(no_such_job(id));
    if (!found->second.is_at_end()) {
      lock.unlock();
      return say(base::error{error_code::failed_precondition, "the job has not come to its end; cancel it first"});
    }
    if (auto erased = erase(id); !erased)
      return lock.unlock(), say(erased.err());
    const auto job = found->second.record().job();
    jobs_.erase(found);
    report();
    lock.unlock();
    spool_.drop(id);
    say(job);
  });
}

void import_jobs::read_rejects(const std::string& id, std::uint64_t from, ports::reply<ports::rejects_piece> done) {
  std::uint64_t bytes = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found != jobs_.end())
      bytes = found->second.record().rejects_bytes();
    else
      return done(no_such_job(id));
  }
  line_.post([this, id, from, bytes, say = std::move(done)] { say(read_lines(spool_.rejects_of(id), from, bytes)); });
}

base::result<void> import_jobs::store(const v1::ImportJobRecord& record) const {
  ports::write_batch batch;
  batch.put(ports::family::meta, ports::keys::import_record(record.job().id()), record.SerializeAsString());
  return services_.store.write(batch, ports::durability::synced);
}

base::result<void> import_jobs::erase(const std::string& id) const {
  ports::write_batch batch;
  batch.erase(ports::family::meta, ports::keys::import_record(id));
  return services_.store.write(batch, ports::durability::synced);
}

void import_jobs::report() const {
  std::map<v1::ImportState, std::size_t> by_state;
  for (const auto& [id, job] : jobs_)
    ++by_state[job.state()];
  services_.meter.jobs(by_state);
}

void import_jobs::forget_old() {
  const auto oldest = base::to_us(services_.clock.now() - options_.keep);
  for (auto at = jobs_.begin(); at != jobs_.end();) {
    const auto& job = at->second.record().job();
    const bool is_old = at->second.is_at_end() && job.has_finished_at() && model::to_us(job.finished_at()) < oldest;
    if (is_old && erase(at->first)) {
      spool_.drop(at->first);
      at = jobs_.erase(at);
    } else {
      ++at;
    }
  }
}

} // namespace cxstream::sources
