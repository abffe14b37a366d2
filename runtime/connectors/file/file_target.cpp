#include "connectors/file/file_target.hpp"

#include <cstdio>

namespace cxstream::connectors {

namespace {

constexpr std::string_view journal_name = "positions.journal";
constexpr std::string_view new_journal_name = "positions.journal.new";
constexpr std::string_view lock_name = "lock";

base::error unusable(std::string message) {
  return {base::error_code::invalid_argument, std::move(message)};
}

// As open() promises: whatever the system refuses may pass.
base::error unavailable(const base::error& why) {
  if (why.code == base::error_code::invalid_argument)
    return why;
  return {base::error_code::unavailable, why.message};
}

} // namespace

file_target::file_target(file_settings settings, event_body body, std::shared_ptr<file_ops> ops)
    : settings_(std::move(settings)), body_(std::move(body)), ops_(std::move(ops)) {
}

base::result<void> file_target::open() {
  if (auto made = ops_->make_directory(settings_.path); !made)
    return unavailable(made.err());
  if (!lock_) {
    auto held = ops_->lock(path_of(lock_name));
    if (!held)
      return unavailable(held.err());
    lock_ = std::move(*held);
  }
  if (auto mended = mend(); !mended)
    return unavailable(mended.err());
  return {};
}

// Nothing that was ever acknowledged is missing, so what lies in a gap is not decided by the sink either: its own
// cursor is not beyond it, and the end is the honest answer.
base::result<std::vector<ports::target_position>> file_target::positions() {
  std::vector<ports::target_position> out;
  for (const auto& [partition, offsets] : partitions_)
    out.push_back({partition, offsets.end()});
  return out;
}

std::vector<ports::delivery_outcome> file_target::deliver(std::span<const ports::delivery> events,
                                                          base::timestamp now) {
  if (auto ready = mend(); !ready)
    return unreachable(events, ready.err());
  if (end_.length >= settings_.rotate_bytes)
    if (auto rotated = rotate(); !rotated)
      return unreachable(events, rotated.err());
  outcomes out(events);
  auto changes = encode_new(events, now, out);
  if (auto committed = commit(changes); !committed)
    return unreachable(events, committed.err());
  return std::move(out).take();
}

// Nothing of the call was written. The half of it that may have been is cut off at once; where that fails too, the next
// call tries again. The sink may bring these events back much later than their neighbours, so they are remembered as
// refused.
std::vector<ports::delivery_outcome> file_target::unreachable(std::span<const ports::delivery> events,
                                                              const base::error& why) {
  outcomes out(events);
  out.set_from(0, failed(ports::delivery_result::unreachable, why.message));
  for (const auto& e : events)
    if (!is_written(e))
      refused_[e.partition].refused.insert(e.offset);
  sound_ = false;
  (void)mend();
  return std::move(out).take();
}

bool file_target::is_written(const ports::delivery& event) const {
  const auto known = partitions_.find(event.partition);
  return known != partitions_.end() && known->second.has(event.offset);
}

void file_target::close() {
  segment_.reset();
  journal_.reset();
  lock_.reset();
  loaded_ = sound_ = false;
}

std::string file_target::path_of(std::string_view name) const {
  return settings_.path + "/" + std::string(name);
}

std::string file_target::segment_name(std::uint64_t number) {
  char name[40];
  std::snprintf(name, sizeof name, "events-%06llu.ndjson", static_cast<unsigned long long>(number));
  return name;
}

std::string file_target::segment_path() const {
  return path_of(segment_name(end_.segment));
}

base::result<void> file_target::finish_segment() {
  if (auto ready = mend(); !ready)
    return ready;
  return end_.length > 0 ? rotate() : base::result<void>();
}

// Reads what the disk says; a directory without a journal is a new sink.
base::result<void> file_target::load() {
  auto journal = ops_->read(path_of(journal_name));
  if (!journal && journal.err().code != base::error_code::not_found)
    return journal.err();
  replayed_journal replayed;
  if (!journal) {
    if (auto fresh = check_new(); !fresh)
      return fresh;
  } else {
    auto read = replay(*journal, settings_.disorder_max);
    if (!read)
      return unusable(
          settings_.path + ": " + read.err().message +
          "; restore the directory from a backup, or give the sink an empty one and seek it to the beginning");
    replayed = std::move(*read);
  }
  end_ = replayed.end;
  partitions_ = std::move(replayed.partitions);
  journal_bytes_ = replayed.good_bytes;
  loaded_ = true;
  return {};
}

// Brings both files to their good lengths, durably; does nothing when they are known to be there. The journal first: a
// record must never speak of bytes that are gone.
base::result<void> file_target::mend() {
  if (sound_)
    return {};
  if (!loaded_)
    if (auto read = load(); !read)
      return read;
  auto journal = ops_->open(path_of(journal_name));
  if (!journal)
    return journal.err();
  journal_ = std::move(*journal);
  if (auto cut = journal_->truncate(journal_bytes_); !cut)
    return cut;
  if (auto synced = journal_->sync(); !synced)
    return synced;
  auto segment = ops_->open(segment_path());
  if (!segment)
    return segment.err();
  segment_ = std::move(*segment);
  if (auto checked = check_segment(); !checked)
    return checked;
  if (auto cut = segment_->truncate(end_.length); !cut)
    return cut;
  if (auto synced = segment_->sync(); !synced)
    return synced;
  if (auto synced = ops_->sync_directory(settings_.path); !synced)
    return synced;
  sound_ = true;
  return {};
}

base::result<void> file_target::check_segment() {
  const auto size = segment_->size();
  if (!size)
    return size.err();
  if (*size < end_.length)
    return unusable(
        segment_path() + " has " + std::to_string(*size) + " bytes, but " + std::to_string(end_.length) +
        " were written; put the file back, or give the sink an empty directory and seek it to the beginning");
  return {};
}

// A directory that never had a journal has no events either.
base::result<void> file_target::check_new() {
  end_ = {};
  auto segment = ops_->open(segment_path());
  if (!segment)
    return segment.err();
  const auto size = (*segment)->size();
  if (!size)
    return size.err();
  if (*size > 0)
    return unusable(settings_.path + " has events but no " + std::string(journal_name) +
                    "; put it back, or give the sink an empty directory");
  return {};
}

// Starts the next segment, with a journal that holds one record. The new journal is what makes the new segment the
// current one; from its rename on the disk must be asked which of the two it has.
base::result<void> file_target::rotate() {
  const auto record = encode_state({end_.segment + 1, 0}, partitions_);
  auto journal = ops_->open(path_of(new_journal_name));
  if (!journal)
    return journal.err();
  if (auto cut = (*journal)->truncate(0); !cut)
    return cut;
  if (auto written = (*journal)->append(record); !written)
    return written;
  if (auto synced = (*journal)->sync(); !synced)
    return synced;
  sound_ = loaded_ = false;
  if (auto renamed = ops_->rename(path_of(new_journal_name), path_of(journal_name)); !renamed)
    return renamed;
  return mend();
}

// Appends the lines of events that are not written yet to lines_, and says what that changes in the partitions.
partition_changes file_target::encode_new(std::span<const ports::delivery> events, base::timestamp now, outcomes& out) {
  auto changes = refused_;
  lines_.clear();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& e = events[i];
    if (!e.allow_older && is_written(e))
      continue;
    if (!out.skips(i) && !body_.append(e, now, lines_))
      out.set(i, failed(ports::delivery_result::unfit, not_an_event));
    auto& change = changes[e.partition];
    if (out.delivered(i)) {
      lines_ += '\n';
      change.written.insert(e.offset);
    } else {
      change.refused.insert(e.offset);
    }
  }
  return changes;
}

base::result<void> file_target::commit(const partition_changes& changes) {
  if (changes.empty())
    return {};
  if (auto written = segment_->append(lines_); !written)
    return written;
  if (auto synced = segment_->sync(); !synced)
    return synced;
  const segment_end end{end_.segment, end_.length + lines_.size()};
  const auto record = encode_changes(end, changes);
  if (auto written = journal_->append(record); !written)
    return written;
  if (auto synced = journal_->sync(); !synced)
    return synced;
  end_ = end;
  journal_bytes_ += record.size();
  apply(changes, settings_.disorder_max, partitions_);
  refused_.clear();
  return {};
}

} // namespace cxstream::connectors
