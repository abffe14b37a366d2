#include "import/import_source.hpp"

#include "sources/files/rejects_file.hpp"

#include <algorithm>
#include <cmath>

namespace cxstream::cli {

namespace {

constexpr std::uint32_t batch_events_max = 512;
constexpr std::size_t batch_bytes_max = 2u << 20u; // the node takes 4 MiB
constexpr std::size_t event_bytes_max = 1u
                                        << 20u; // the node refuses events from 64 KiB on, but must get them to say so
constexpr std::chrono::milliseconds rate_step{20};

} // namespace

import_source::import_source(std::string file, sources::row_sequence rows, sources::import_ledger ledger, double rate)
    : file_(std::move(file)), rows_(std::move(rows)), ledger_(std::move(ledger)), rate_(rate) {
}

base::result<void> import_source::skip(std::uint64_t rows) {
  sources::prepared_row row;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const auto more = rows_.next(row);
    if (!more)
      return more.err();
    if (!*more)
      break;
  }
  return {};
}

client::next_batch import_source::next(std::uint32_t events_max, client::steady_time now) {
  if (progress_)
    progress_(now);
  auto wanted = std::min(events_max, batch_events_max);
  auto due = now;
  if (rate_ > 0) {
    if (!began_)
      began_ = now;
    const auto owed = std::chrono::duration<double>(now - *began_).count() * rate_ - static_cast<double>(taken_);
    if (owed < 1)
      return client::batch_later{now + rate_step};
    wanted = static_cast<std::uint32_t>(std::min<double>(wanted, std::floor(owed)));
  }
  while (!at_end_) {
    client::batch_builder builder;
    batch_note note;
    const auto rows_before = taken_;
    at_end_ = !fill(builder, note, wanted);
    const auto id = next_id_++;
    ledger_.sent(id, taken_ - rows_before);
    if (builder.events() > 0) {
      notes_.emplace(id, std::move(note));
      return builder.finish(id, due);
    }
    std::vector<std::string> lines;
    for (auto& [number, line] : note.refused_lines)
      lines.push_back(std::move(line));
    ledger_.settle(id, note.counts, std::move(lines));
  }
  return client::no_more_batches{};
}

// False when the file has no more rows.
bool import_source::fill(client::batch_builder& builder, batch_note& note, std::uint32_t events_max) {
  sources::prepared_row row;
  for (std::uint32_t rows = 0; rows < batch_events_max && builder.events() < events_max; ++rows) {
    if (builder.size_bytes() >= batch_bytes_max)
      break;
    const auto more = rows_.next(row);
    if (!more)
      read_error_ = more.err();
    if (!more || !*more)
      return false;
    ++taken_;
    if (row.event.size() > event_bytes_max)
      row.refused = {v1::TOO_LARGE, "",
                     "the event has " + std::to_string(row.event.size()) + " bytes; 64 KiB are allowed"};
    if (row.dropped) {
      ++note.counts.dropped;
      continue;
    }
    if (row.refused) {
      ++note.counts.unmapped;
      note.refused_lines.emplace(row.number, sources::reject_line(file_, row.number, row.line, row.raw, *row.refused));
      continue;
    }
    builder.add(row.event);
    note.sent.push_back({row.number, row.line, std::move(row.raw)});
  }
  return true;
}

void import_source::on_answer(const client::event_batch& batch, const v1::PublishResponse& answer,
                              client::steady_time now) {
  auto found = notes_.extract(batch.id);
  if (found.empty())
    return;
  auto& note = found.mapped();
  const auto answered = std::min(note.sent.size(), static_cast<std::size_t>(answer.results_size()));
  for (std::size_t i = 0; i < answered; ++i) {
    const auto& result = answer.results(static_cast<int>(i));
    sources::count(note.counts, result);
    if (result.outcome() != v1::REJECTED && result.outcome() != v1::CONFLICT)
      continue;
    const auto& row = note.sent[i];
    note.refused_lines.emplace(row.number,
                               sources::reject_line(file_, row.number, row.line, row.raw,
                                                    {result.reason(), result.field_path(), result.message()}));
  }
  std::vector<std::string> lines;
  for (auto& [number, line] : note.refused_lines)
    lines.push_back(std::move(line));
  ledger_.settle(batch.id, note.counts, std::move(lines));
  if (progress_)
    progress_(now);
}

void import_source::on_retry(const grpc::Status& why, std::chrono::milliseconds pause) {
  if (retry_)
    retry_(why, pause);
}

} // namespace cxstream::cli
