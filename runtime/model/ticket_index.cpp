#include "model/ticket_index.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <utility>

namespace cxstream::model {

namespace {

constexpr auto not_looked_at = std::numeric_limits<std::int64_t>::max();

bool same_key(const fingerprint& a, const fingerprint& b) {
  return a.key_low == b.key_low && a.key_high == b.key_high;
}

// Calls visit(i, offset, committed_at_us, print) for the entries of a run, in order.
template <class Visit>
void each_entry(const v1::TicketIndex& run, Visit visit) {
  base::log_offset offset;
  std::int64_t committed_at_us = 0;
  for (int i = 0; i < run.offset_deltas_size(); ++i) {
    offset.value += run.offset_deltas(i);
    committed_at_us += run.committed_at_us_deltas(i);
    visit(static_cast<std::uint64_t>(i), offset, committed_at_us,
          fingerprint{run.key_hash_high(i), run.key_hash_low(i), run.content_hash(i)});
  }
}

std::int64_t newest_commit_of(const v1::TicketIndex& run) {
  std::int64_t newest = 0;
  for (const auto delta : run.committed_at_us_deltas())
    newest += delta;
  return newest;
}

std::optional<known_event> find_in(const v1::TicketIndex& run, std::uint64_t first, const fingerprint& print,
                                   std::int64_t oldest_us) {
  std::optional<known_event> newest;
  each_entry(run, [&](std::uint64_t i, base::log_offset, std::int64_t committed_at_us, const fingerprint& it) {
    if (same_key(it, print) && committed_at_us >= oldest_us)
      newest = known_event{base::ticket_sequence{first + i + 1}, it.content};
  });
  return newest;
}

} // namespace

ticket_index::ticket_index(std::uint32_t sealed_runs, const v1::TicketIndex& open_run)
    : base_(std::uint64_t{sealed_runs} * run_length), known_from_(sealed_runs), unknown_newest_us_(not_looked_at) {
  entries_.reserve(static_cast<std::size_t>(open_run.offset_deltas_size()) + 1);
  each_entry(open_run,
             [&](std::uint64_t, base::log_offset offset, std::int64_t committed_at_us, const fingerprint& print) {
               entries_.push_back({offset, committed_at_us, print});
               keys_.add(print.key_low, sealed_runs);
             });
}

base::result<v1::TicketIndex> ticket_index::nothing_rests(std::uint32_t number) {
  return base::error{base::error_code::corrupt, "run " + std::to_string(number) + " of a ticket's index is missing"};
}

base::result<std::optional<known_event>> ticket_index::recall(const fingerprint& print, const log_place& place,
                                                              const run_reader& read_run) {
  const auto oldest_us = base::to_us(place.committed_at - place.dedup_window);
  if (auto learnt = learn_back_to(oldest_us, read_run); !learnt)
    return learnt.err();
  std::vector<std::uint32_t> runs; // stays empty for nearly every new event
  keys_.each(print.key_low, [&](std::uint32_t run) { runs.push_back(run); });
  std::ranges::sort(runs, std::greater{});
  for (const auto number : runs) {
    std::optional<known_event> found;
    const auto first = std::uint64_t{number} * run_length;
    if (first >= base_) {
      found = find_in_memory(number, print, oldest_us);
    } else {
      auto run = rested(number, read_run);
      if (!run)
        return run.err();
      found = find_in(**run, first, print, oldest_us);
    }
    if (found)
      return found;
  }
  return std::optional<known_event>{};
}

base::result<const v1::TicketIndex*> ticket_index::rested(std::uint32_t number, const run_reader& read_run) {
  if (!last_read_ || last_read_->number != number) {
    auto run = read_run(number);
    if (!run)
      return run.err();
    last_read_ = std::make_unique<rested_run>(rested_run{number, std::move(*run)});
  }
  return &last_read_->run;
}

base::result<void> ticket_index::learn_back_to(std::int64_t oldest_us, const run_reader& read_run) {
  while (known_from_ > 0 && unknown_newest_us_ >= oldest_us) {
    auto run = read_run(known_from_ - 1);
    if (!run)
      return run.err();
    unknown_newest_us_ = newest_commit_of(*run);
    if (unknown_newest_us_ < oldest_us)
      break;
    --known_from_;
    rested_newest_us_.push_front(unknown_newest_us_);
    if (forgotten_ > 0) {
      --forgotten_;
      continue; // its keys are still there
    }
    for (const auto key_low : run->key_hash_low())
      keys_.add(key_low, known_from_);
  }
  return {};
}

std::optional<known_event> ticket_index::find_in_memory(std::uint32_t run, const fingerprint& print,
                                                        std::int64_t oldest_us) const {
  const auto begin = std::uint64_t{run} * run_length - base_;
  for (auto i = std::min<std::uint64_t>(begin + run_length, entries_.size()); i > begin; --i)
    if (const auto& e = entries_[i - 1]; same_key(e.print, print) && e.committed_at_us >= oldest_us)
      return known_event{base::ticket_sequence{base_ + i}, e.print.content};
  return std::nullopt;
}

void ticket_index::add(const fingerprint& print, const log_place& place) {
  keys_.add(print.key_low, static_cast<std::uint32_t>(size() / run_length));
  entries_.push_back({place.offset, base::to_us(place.committed_at), print});
}

std::vector<ticket_index::sealed_run> ticket_index::newly_sealed() const {
  std::vector<sealed_run> out;
  for (auto n = static_cast<std::uint32_t>(base_ / run_length); n < sealed_runs(); ++n) {
    out.push_back({n, {}});
    fill(std::uint64_t{n} * run_length, run_length, out.back().run);
  }
  return out;
}

void ticket_index::fill_open_run(v1::TicketIndex& run) const {
  const auto first = std::uint64_t{sealed_runs()} * run_length;
  fill(first, size() - first, run);
}

void ticket_index::fill(std::uint64_t first, std::uint64_t count, v1::TicketIndex& run) const {
  const auto reserve = [count](auto* field) { field->Reserve(static_cast<int>(count)); };
  reserve(run.mutable_offset_deltas());
  reserve(run.mutable_committed_at_us_deltas());
  reserve(run.mutable_key_hash_high());
  reserve(run.mutable_key_hash_low());
  reserve(run.mutable_content_hash());
  std::uint64_t offset = 0;
  std::int64_t committed = 0;
  for (auto i = first - base_; i < first - base_ + count; ++i) {
    const auto& e = entries_[i];
    run.add_offset_deltas(e.offset.value - offset);
    run.add_committed_at_us_deltas(e.committed_at_us - committed);
    offset = e.offset.value;
    committed = e.committed_at_us;
    run.add_key_hash_high(e.print.key_high);
    run.add_key_hash_low(e.print.key_low);
    run.add_content_hash(e.print.content);
  }
}

void ticket_index::written(base::timestamp newest_commit, std::chrono::seconds dedup_window) {
  const auto at_rest = std::uint64_t{sealed_runs()} * run_length;
  for (auto end = base_ + run_length; end <= at_rest; end += run_length)
    rested_newest_us_.push_back(entries_[end - base_ - 1].committed_at_us);
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(at_rest - base_));
  if (entries_.capacity() > 2 * run_length)
    entries_.shrink_to_fit();
  base_ = at_rest;
  last_read_.reset();
  const auto oldest_us = base::to_us(newest_commit - dedup_window);
  while (!rested_newest_us_.empty() && rested_newest_us_.front() < oldest_us) {
    unknown_newest_us_ = rested_newest_us_.front();
    rested_newest_us_.pop_front();
    ++known_from_;
    ++forgotten_;
  }
  if (forgotten_ * run_length * 2 > keys_.size()) {
    keys_.forget_below(known_from_);
    forgotten_ = 0;
  }
}

} // namespace cxstream::model
