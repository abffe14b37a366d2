// Collects what is wrong with one configuration file, so that a reader sees everything at once. Plain value.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace cxstream::config {

class diagnostics {
public:
  static constexpr std::size_t shown_max = 20;

  // `file` is the name that messages give.
  explicit diagnostics(std::string file) : file_(std::move(file)) {
  }

  // `line` counts from 1; 0 when it is about the file as a whole. `what` says what is wrong and what to do.
  void add(int line, std::string what);

  bool empty() const {
    return found_.empty();
  }
  // One line each, "file:line: what", in the order of the file, the first shown_max of them. Precondition: not empty.
  base::error to_error() const;

private:
  struct finding {
    int line;
    std::string what;
  };

  std::string file_;
  std::vector<finding> found_;
};

} // namespace cxstream::config
