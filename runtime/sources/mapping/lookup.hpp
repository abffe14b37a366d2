// A vocabulary of a mapping: what the source says → what the event says. Matched exactly first, then without regard to
// case (ASCII). Plain values; thread-safe once filled.
#pragma once

#include "model/fold_text.hpp"

#include <map>
#include <string>
#include <string_view>

namespace cxstream::sources {

class lookup_table {
public:
  void add(const std::string& from, const std::string& to) {
    exact_.insert_or_assign(from, to);
    auto folded = from;
    model::lower(folded);
    folded_.emplace(std::move(folded), to); // the first in the order of the file
  }

  // Null when it is not there. Lives as long as the table.
  const std::string* find(std::string_view text) const {
    if (const auto found = exact_.find(text); found != exact_.end())
      return &found->second;
    const model::folded folded(text, model::folded::words::as_written);
    const auto found = text.empty() ? folded_.end() : folded_.find(folded.view());
    return found == folded_.end() ? nullptr : &found->second;
  }

private:
  std::map<std::string, std::string, std::less<>> exact_;
  std::map<std::string, std::string, std::less<>> folded_;
};

} // namespace cxstream::sources
