// What a run of a new taxonomy over the history came to, as text and as JSON. Plain values.
#pragma once

#include "model/retag.hpp"
#include "taxonomy/event_sender.hpp"
#include "terminal/style.hpp"

#include <map>
#include <string>
#include <utility>

namespace cxstream::cli {

class rerun_summary {
public:
  // What was decided about an event of the history.
  void add(const v1::CanonicalEvent& event, const model::retag_decision& decision);
  // An event that occurred before the time that was asked for.
  void pass_over() {
    ++passed_over_;
  }

  bool has_unknown() const {
    return !unknown_.empty();
  }
  std::uint64_t changed() const {
    return changed_;
  }

  std::string text(const std::string& version, const sent_counts* sent, const terminal::style& look,
                   std::size_t width) const;
  std::string json(const std::string& version, const sent_counts* sent) const;

private:
  using change = std::pair<model::tag_and_driver, model::tag_and_driver>;
  // The most frequent first.
  std::vector<std::pair<change, std::uint64_t>> by_count() const;

  std::uint64_t read_ = 0;
  std::uint64_t changed_ = 0;
  std::uint64_t passed_over_ = 0;
  std::uint64_t no_taxonomy_ = 0;
  std::map<std::string, std::uint64_t> unknown_; // events by the version that gave their tags
  std::map<change, std::uint64_t> changes_;
};

} // namespace cxstream::cli
