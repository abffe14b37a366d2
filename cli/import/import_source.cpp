#include "import/import_source.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cxstream::cli {

namespace {

constexpr std::uint32_t batch_events_max = 512;
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
    sources::row_batch rows;
    sources::fill(rows, rows_, {.rows_max = batch_events_max, .events_max = wanted});
    at_end_ = rows.at_end;
    read_error_ = rows.read_error;
    taken_ += rows.counts.rows;
    const auto id = next_id_++;
    ledger_.sent(id, rows.counts.rows);
    if (rows.events.empty()) {
      settle(id, rows);
      continue;
    }
    client::batch_builder builder;
    for (const auto& event : std::exchange(rows.events, {}))
      builder.add(event);
    notes_.emplace(id, std::move(rows));
    return builder.finish(id, due);
  }
  return client::no_more_batches{};
}

void import_source::settle(std::uint64_t id, sources::row_batch& rows) {
  ledger_.settle(id, rows.counts, sources::reject_lines(rows, file_));
}

void import_source::on_answer(const client::event_batch& batch, const v1::PublishResponse& answer,
                              client::steady_time now) {
  auto found = notes_.extract(batch.id);
  if (found.empty())
    return;
  sources::settle(found.mapped(), answer);
  settle(batch.id, found.mapped());
  if (progress_)
    progress_(now);
}

void import_source::on_retry(const grpc::Status& why, std::chrono::milliseconds pause) {
  if (retry_)
    retry_(why, pause);
}

} // namespace cxstream::cli
