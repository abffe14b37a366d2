// Strong names for the numbers that travel through cxstream. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace cxstream::base {

// A number that cannot be mixed up with another kind of number. Tag is an incomplete type of its own for each kind.
template <class Tag, class Rep>
struct strong_number {
  using rep = Rep;
  Rep value = 0;

  constexpr strong_number() = default;
  constexpr explicit strong_number(Rep v) : value(v) {
  }
  auto operator<=>(const strong_number&) const = default;

  template <class Inspector>
  friend auto inspect(Inspector& f, strong_number& x) {
    return f(x.value);
  }
};

// A partition: tickets hash onto it; it owns a log and a history. 0 … partitions - 1.
using partition_id = strong_number<struct partition_tag, std::uint16_t>;
// A place in a partition's log; 0 is the first entry.
using log_offset = strong_number<struct offset_tag, std::uint64_t>;
// A place in a ticket's history; 1 is the first event, 0 means none.
using ticket_sequence = strong_number<struct sequence_tag, std::uint64_t>;
// The term of a partition's leader; appends of an older epoch are refused.
using epoch = strong_number<struct epoch_tag, std::uint64_t>;

} // namespace cxstream::base

template <class Tag, class Rep>
struct std::hash<cxstream::base::strong_number<Tag, Rep>> {
  std::size_t operator()(cxstream::base::strong_number<Tag, Rep> x) const noexcept {
    return std::hash<Rep>{}(x.value);
  }
};
