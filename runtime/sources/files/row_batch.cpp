#include "sources/files/row_batch.hpp"

#include <algorithm>

namespace cxstream::sources {

namespace {

void take(row_batch& batch, prepared_row& row, const batch_bounds& bounds, const event_judge& judge) {
  const std::size_t index = batch.counts.rows++;
  if (row.dropped) {
    ++batch.counts.dropped;
    return;
  }
  const bool made_none = row.refused.has_value();
  if (!made_none && row.event.size() > bounds.event_bytes_max)
    row.refused = {v1::TOO_LARGE, "",
                   "the event has " + std::to_string(row.event.size()) + " bytes; 64 KiB are allowed"};
  else if (!made_none && judge)
    row.refused = judge(row.event);
  batch.size_bytes += row.raw.size();
  row_note note{index, {row.number, row.line, row.column}, std::move(row.raw)};
  if (row.refused) {
    ++(made_none || row.refused->reason == v1::TOO_LARGE ? batch.counts.unmapped : batch.counts.rejected);
    batch.refused.push_back({std::move(note), *std::move(row.refused)});
    return;
  }
  batch.size_bytes += row.event.size();
  batch.events.push_back(std::move(row.event));
  batch.sent.push_back(std::move(note));
}

} // namespace

void fill(row_batch& batch, row_sequence& rows, const batch_bounds& bounds, const event_judge& judge) {
  prepared_row row;
  while (batch.counts.rows < bounds.rows_max && batch.events.size() < bounds.events_max &&
         batch.size_bytes < bounds.bytes_max) {
    const auto more = rows.next(row);
    if (!more)
      batch.read_error = more.err();
    if (!more || !*more) {
      batch.at_end = true;
      return;
    }
    take(batch, row, bounds, judge);
  }
}

void settle(row_batch& batch, const v1::PublishResponse& answer) {
  const auto answered = std::min(batch.sent.size(), static_cast<std::size_t>(answer.results_size()));
  for (std::size_t i = 0; i < answered; ++i) {
    const auto& result = answer.results(static_cast<int>(i));
    count(batch.counts, result);
    if (result.outcome() == v1::REJECTED || result.outcome() == v1::CONFLICT)
      batch.refused.push_back({std::move(batch.sent[i]), {result.reason(), result.field_path(), result.message()}});
  }
}

std::vector<std::string> reject_lines(row_batch& batch, const std::string& file) {
  std::sort(batch.refused.begin(), batch.refused.end(),
            [](const refused_row& a, const refused_row& b) { return a.row.index < b.row.index; });
  std::vector<std::string> lines;
  lines.reserve(batch.refused.size());
  for (const auto& one : batch.refused)
    lines.push_back(reject_line(file, one.row.place, one.row.raw, one.why));
  return lines;
}

} // namespace cxstream::sources
