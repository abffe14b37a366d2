// Hash for looking a string up by a view.
#pragma once

#include <functional>
#include <string_view>

namespace cxstream::connectors {

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const noexcept {
    return std::hash<std::string_view>{}(s);
  }
};

} // namespace cxstream::connectors
