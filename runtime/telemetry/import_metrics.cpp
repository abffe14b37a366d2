#include "telemetry/import_metrics.hpp"

#include "telemetry/families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cctype>

namespace cxstream::telemetry {

namespace {

constexpr std::array<const char*, 3> outcome_names{"taken", "refused", "abandoned"};

// "queued" of IMPORT_QUEUED.
std::string label_of(v1::ImportState state) {
  auto name = v1::ImportState_Name(state).substr(std::string_view("IMPORT_").size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return name;
}

} // namespace

import_metrics::import_metrics() {
  auto& uploads = counters(registry_, "cxstream_import_uploads_total", "Files sent to be imported, by how that ended.");
  for (std::size_t i = 0; i < outcome_names.size(); ++i)
    uploads_.at(i) = &uploads.Add({{"outcome", outcome_names.at(i)}});
  upload_bytes_ = &counters(registry_, "cxstream_import_upload_bytes_total", "Bytes of these files.").Add({});
  auto& rows = counters(registry_, "cxstream_import_rows_total", "Rows of import jobs, by what they came to.");
  for (const auto* outcome : {"accepted", "duplicate", "conflict", "rejected", "unreadable", "dropped"})
    rows_[outcome] = &rows.Add({{"outcome", outcome}});
  auto& jobs = gauges(registry_, "cxstream_import_jobs", "Import jobs that are kept, by their state.");
  for (int state = v1::IMPORT_QUEUED; state <= v1::ImportState_MAX; ++state)
    by_state_[static_cast<v1::ImportState>(state)] =
        &jobs.Add({{"state", label_of(static_cast<v1::ImportState>(state))}});
}

void import_metrics::upload(ports::upload_outcome outcome, std::uint64_t bytes) {
  uploads_.at(static_cast<std::size_t>(outcome))->Increment();
  upload_bytes_->Increment(static_cast<double>(bytes));
}

void import_metrics::rows(const v1::ImportCounts& counts) {
  for (const auto& [outcome, count] : {std::pair("accepted", counts.accepted()),
                                       {"duplicate", counts.duplicates()},
                                       {"conflict", counts.conflicts()},
                                       {"rejected", counts.rejected()},
                                       {"unreadable", counts.unreadable()},
                                       {"dropped", counts.dropped()}})
    rows_.at(outcome)->Increment(static_cast<double>(count));
}

void import_metrics::jobs(const std::map<v1::ImportState, std::size_t>& by_state) {
  for (const auto& [state, gauge] : by_state_) {
    const auto found = by_state.find(state);
    gauge->Set(found == by_state.end() ? 0 : static_cast<double>(found->second));
  }
}

std::string import_metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

} // namespace cxstream::telemetry
