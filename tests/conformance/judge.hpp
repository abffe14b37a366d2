// What a requirement's check finds: broken promises, or that this target cannot be asked. Plain value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::conformance {

class judge {
public:
  // Notes a broken promise when `kept` is false; says `kept`.
  bool expect(bool kept, std::string_view promise) {
    if (!kept)
      broken_.emplace_back(promise);
    return kept;
  }
  // The check cannot be made here.
  void not_here(std::string_view why) {
    not_here_ = why;
  }
  const std::vector<std::string>& broken() const {
    return broken_;
  }
  const std::string& skipped() const {
    return not_here_;
  }

private:
  std::vector<std::string> broken_;
  std::string not_here_;
};

} // namespace cxstream::conformance
