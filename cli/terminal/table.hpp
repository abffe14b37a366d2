// A table of texts in aligned columns. Plain values.
#pragma once

#include "terminal/style.hpp"

#include <cstdint>
#include <vector>

namespace cxstream::terminal {

struct cell {
  std::string text;
  tone colour = tone::plain;

  cell(std::string t, tone c = tone::plain) : text(std::move(t)), colour(c) {
  }
  cell(const char* t) : text(t) {
  }
};

// A number whose colour says whether there is anything to look at.
cell count_cell(std::uint64_t count, tone when_any);

struct table_column {
  enum class side { left, right };
  std::string title;
  side align = side::left;
};

class table {
public:
  explicit table(std::vector<table_column> columns) : columns_(std::move(columns)) {
  }

  // Precondition: as many cells as columns.
  void add(std::vector<cell> row) {
    rows_.push_back(std::move(row));
  }
  bool empty() const {
    return rows_.empty();
  }

  // A title line and one line a row, each with its line break; no blanks at the ends. What does not fit into `width`
  // columns is cut from the last column.
  std::string text(const style& look, std::size_t width = 1'000) const;

private:
  std::vector<table_column> columns_;
  std::vector<std::vector<cell>> rows_;
};

} // namespace cxstream::terminal
