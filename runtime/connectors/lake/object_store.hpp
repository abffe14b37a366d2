// Where finished parts of a lake go: whole objects under names with "/". Owned by one thread; calls may block, and end
// within their timeouts.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace cxstream::connectors {

class object_store {
public:
  virtual ~object_store() = default;
  // The object is there, durably and wholly, when it returns; one of that name is replaced. Errors: unavailable;
  // invalid_argument (the store says that it will never take it).
  virtual base::result<void> put(const std::string& name, std::string_view bytes, std::string_view content_type) = 0;
};

} // namespace cxstream::connectors
