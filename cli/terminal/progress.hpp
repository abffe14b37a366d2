// Progress of long work: a bar on a terminal, a plain line now and then elsewhere. What is shown is pure; time is an
// argument. Owned by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace cxstream::terminal {

struct progress {
  std::string what;                 // of what, such as a file's name
  std::uint64_t items = 0;          // done
  std::string unit = "rows";        // of items
  std::optional<double> share = {}; // of the whole, 0 … 1; absent when nobody knows
  std::chrono::milliseconds elapsed{0};
  std::uint64_t items_before = 0; // done in an earlier run; not part of the rate
  double share_before = 0;        // the same as a share
};

// "incidents.csv  [=======>      ]  48.2 %  57,830 rows  31,400/s  ETA 2.0 s", at most `width` wide.
std::string progress_bar(const progress& state, std::size_t width);
// "incidents.csv: 48.2 %, 57,830 rows, 31,400/s, 2.0 s left".
std::string progress_sentence(const progress& state);

// Writes to stderr, no more often than is useful.
class progress_display {
public:
  enum class kind { bar, sentences, silent };

  explicit progress_display(kind wanted) : wanted_(wanted) {
  }
  // A bar when stderr is a terminal.
  static kind fitting_stderr();

  void show(const progress& state, std::chrono::steady_clock::time_point now);
  // Takes the bar away, so that other text can be written.
  void clear();

private:
  kind wanted_;
  std::optional<std::chrono::steady_clock::time_point> shown_at_;
  bool bar_is_shown_ = false;
};

} // namespace cxstream::terminal
