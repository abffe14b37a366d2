#include "sources/imports/import_run.hpp"

#include "sources/files/resume_state.hpp"
#include "sources/imports/import_letters.hpp"
#include "sources/mapping/load.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace cxstream::sources {

namespace {

using base::error_code;

// "servicenow" of "servicenow@2".
std::string name_of(const std::string& label) {
  return label.substr(0, label.find('@'));
}

v1::ImportCounts counts_of(const import_counts& from) {
  v1::ImportCounts out;
  out.set_rows(from.rows);
  out.set_accepted(from.accepted);
  out.set_late(from.late);
  out.set_duplicates(from.duplicate);
  out.set_conflicts(from.conflict);
  out.set_rejected(from.rejected);
  out.set_unreadable(from.unmapped);
  out.set_dropped(from.dropped);
  return out;
}

} // namespace

import_run::import_run(v1::ImportJobRecord record, const import_spool& spool, ports::ingest_gate& gate,
                       const ports::clock& clock, const model::validation_limits& limits)
    : record_(std::move(record)), spool_(spool), clock_(clock),
      intake_(gate, {"import/" + record_.job().id(), {record_.sources().begin(), record_.sources().end()}}),
      check_(limits) {
}

std::filesystem::path import_run::file() const {
  return record_.job().path().empty() ? spool_.file_of(record_.job().id())
                                      : std::filesystem::path(record_.job().path());
}

base::result<void> import_run::check_identity() const {
  if (record_.job().path().empty())
    return {};
  const auto now = identify(file(), {}, {}, {});
  if (!now)
    return now.err();
  if (now->file_bytes != record_.job().file_bytes() || now->file_modified_ns != record_.file_modified_ns())
    return base::error{error_code::failed_precondition,
                       file().string() + " was changed since the job was made; start another job"};
  return {};
}

base::result<void> import_run::open(std::uint64_t rejects_bytes) {
  if (auto same = check_identity(); !same)
    return same;
  rules_ = std::make_unique<mapping>(canonical_mapping());
  if (const auto& label = record_.job().mapping(); !label.empty()) {
    std::ifstream in(spool_.mapping_of(record_.job().id()), std::ios::binary);
    auto rules = parse_mapping(std::string(std::istreambuf_iterator<char>(in), {}), name_of(label) + ".yaml");
    if (!rules)
      return rules.err();
    *rules_ = *std::move(rules);
  }
  auto rows = row_sequence::open(file(), *rules_, {});
  if (!rows)
    return rows.err();
  auto rejects = rejects_file::open(spool_.rejects_of(record_.job().id()), rejects_bytes);
  if (!rejects)
    return rejects.err();
  rows_.emplace(*std::move(rows));
  rejects_.emplace(*std::move(rejects));
  rows_before_ = 0;
  batch_.reset();
  return {};
}

base::result<import_run::passed_rows> import_run::skip(std::uint64_t rows_max, const std::stop_token& stop) {
  prepared_row row;
  passed_rows out{0, false};
  for (; out.rows < rows_max && !stop.stop_requested(); ++out.rows) {
    const auto more = rows_->next(row);
    if (!more)
      return more.err();
    if (!*more) {
      out.at_end = true;
      break;
    }
  }
  rows_before_ += out.rows;
  return out;
}

std::optional<row_reject> import_run::judge(const std::string& event) {
  if (auto why = check_(event, clock_.now()))
    return row_reject{why->reason, why->field_path, why->message};
  const auto& allowed = record_.sources();
  const auto& system = check_.checked().source_system();
  if (allowed.empty() || std::find(allowed.begin(), allowed.end(), system) != allowed.end())
    return std::nullopt;
  return row_reject{v1::NOT_ALLOWED, "source_system", "the key may not send events of '" + system + "'"};
}

void import_run::read_batch(std::uint32_t rows_max) {
  batch_.emplace();
  answered_ = false;
  fill(*batch_, *rows_, {.rows_max = rows_max, .events_max = rows_max},
       [this](const std::string& event) { return judge(event); });
}

base::result<void> import_run::submit(const std::stop_token& stop) {
  if (batch_->events.empty() && batch_->refused.empty())
    return {};
  v1::RawPublishRequest request;
  for (const auto& event : batch_->events)
    request.add_events(event);
  auto letters = import_letters({record_.job(), *rules_, rows_->header()}, rows_before_, *batch_);
  const auto answer = intake_.submit(std::move(request), std::move(letters), stop);
  if (!answer)
    return answer.err();
  settle(*batch_, *answer);
  return {};
}

// The number of lines.
base::result<std::uint64_t> import_run::write_rejects() {
  const auto lines = reject_lines(*batch_, record_.job().name());
  if (lines.empty())
    return std::uint64_t{0};
  const auto before = rejects_->size_bytes();
  auto written = rejects_->append(lines);
  if (written)
    written = rejects_->sync();
  if (written)
    return lines.size();
  if (auto again = rejects_file::open(spool_.rejects_of(record_.job().id()), before)) // without half a line
    rejects_.emplace(*std::move(again));
  return written.err();
}

base::result<protocols::taken_rows> import_run::take(std::uint32_t rows_max, const std::stop_token& stop) {
  if (!batch_)
    read_batch(rows_max);
  if (batch_->read_error && batch_->counts.rows == 0)
    return *batch_->read_error;
  if (!answered_) {
    if (const auto submitted = submit(stop); !submitted)
      return submitted.err();
    answered_ = true;
  }
  const auto refused = write_rejects();
  if (!refused)
    return refused.err();
  protocols::taken_rows out{counts_of(batch_->counts), *refused, rejects_->size_bytes(), rows_->bytes_read(),
                            batch_->at_end && !batch_->read_error};
  rows_before_ += batch_->counts.rows;
  const auto broken = batch_->read_error;
  batch_.reset();
  if (broken) { // said when what came before it counts
    batch_.emplace();
    batch_->read_error = broken;
  }
  return out;
}

} // namespace cxstream::sources
