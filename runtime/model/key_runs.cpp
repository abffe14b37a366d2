#include "model/key_runs.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace cxstream::model {

namespace {

constexpr std::size_t slots_min = 8;

} // namespace

void key_runs::add(std::uint64_t key_hash, std::uint32_t run) {
  if ((used_ + 1) * 4 > words_.size() * 3)
    rebuild(words_.empty() ? slots_min : words_.size() * 2, 0);
  place((key_hash & tag_mask) | (std::uint64_t{run} + 1));
}

void key_runs::forget_below(std::uint32_t run) {
  std::size_t kept = 0;
  for (const auto word : words_)
    kept += word != 0 && (word & ~tag_mask) > run;
  rebuild(std::max(slots_min, std::bit_ceil(kept * 2)), run);
}

void key_runs::rebuild(std::size_t slots, std::uint32_t lowest_run) {
  const auto old = std::exchange(words_, std::vector<std::uint64_t>(slots));
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots));
  used_ = 0;
  for (const auto word : old)
    if (word != 0 && (word & ~tag_mask) > lowest_run)
      place(word);
}

void key_runs::place(std::uint64_t word) {
  const auto mask = words_.size() - 1;
  auto slot = slot_of(word);
  while (words_[slot] != 0)
    slot = (slot + 1) & mask;
  words_[slot] = word;
  ++used_;
}

} // namespace cxstream::model
