// Memory for the texts and cells of one document; given back all at once. Owned by one thread.
#pragma once

#include "sources/cell.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <new>

namespace cxstream::sources {

class cell_arena {
public:
  cell_arena() : memory_(first_.data(), first_.size()) {
  }
  cell_arena(const cell_arena&) = delete;
  cell_arena& operator=(const cell_arena&) = delete;

  // Everything that was kept ends here.
  void clear() {
    memory_.release();
  }

  std::string_view keep(std::string_view text) {
    if (text.empty())
      return {};
    auto* place = static_cast<char*>(memory_.allocate(text.size(), 1));
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  // A copy of the cells, as the items of one of that kind.
  cell keep(cell_kind kind, std::span<const cell> items) {
    if (items.empty())
      return {kind, 0, nullptr, {}, {}};
    auto* place = static_cast<cell*>(memory_.allocate(items.size_bytes(), alignof(cell)));
    for (std::size_t i = 0; i < items.size(); ++i)
      new (place + i) cell(items[i]);
    return {kind, static_cast<std::uint32_t>(items.size()), place, {}, {}};
  }

private:
  std::array<std::byte, 32u << 10u> first_; // most payloads need no more
  std::pmr::monotonic_buffer_resource memory_;
};

} // namespace cxstream::sources
