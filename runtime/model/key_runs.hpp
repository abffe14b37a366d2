// Which runs of a ticket's index may know an idempotency key: one 8-byte word for each event, so that a ticket with a
// long history stays small in memory. "None" is certain; a run that is named has to be looked at, since only a part of
// the key's hash is kept. Pure; owned by its index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cxstream::model {

class key_runs {
public:
  // Remembers that a run has an event whose key has this hash. Precondition: run < runs_max.
  void add(std::uint64_t key_hash, std::uint32_t run);
  // Calls visit(run) for every run that may have it, in any order, perhaps one run twice.
  template <class Visit>
  void each(std::uint64_t key_hash, Visit visit) const {
    if (words_.empty())
      return;
    const auto mask = words_.size() - 1;
    for (auto slot = slot_of(key_hash); words_[slot] != 0; slot = (slot + 1) & mask)
      if ((words_[slot] & tag_mask) == (key_hash & tag_mask))
        visit(static_cast<std::uint32_t>((words_[slot] & ~tag_mask) - 1));
  }
  // Forgets everything of runs below this one.
  void forget_below(std::uint32_t run);

  std::size_t size() const {
    return used_;
  }
  std::size_t bytes() const {
    return words_.capacity() * sizeof(std::uint64_t);
  }

  static constexpr unsigned run_bits = 28;
  static constexpr std::uint32_t runs_max = (1u << run_bits) - 1;

private:
  static constexpr std::uint64_t tag_mask = ~((std::uint64_t{1} << run_bits) - 1);

  std::size_t slot_of(std::uint64_t key_hash) const {
    return key_hash >> shift_;
  }
  void rebuild(std::size_t slots, std::uint32_t lowest_run);
  void place(std::uint64_t word);

  // Open addressing by the hash's upper bits: tag (upper bits of the hash) and run number + 1; 0 is a free slot.
  std::vector<std::uint64_t> words_;
  std::size_t used_ = 0;
  unsigned shift_ = 64; // 64 - log2 of the number of slots
};

} // namespace cxstream::model
