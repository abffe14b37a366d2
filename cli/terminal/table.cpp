#include "terminal/table.hpp"

#include "terminal/number_text.hpp"

#include <algorithm>

namespace cxstream::terminal {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t last_column_least = 8;

std::string line_of(const std::vector<cell>& row, const std::vector<table_column>& columns,
                    const std::vector<std::size_t>& widths, const style& look) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto text = fitted(printable(row[i].text), widths[i]);
    const std::string fill(widths[i] - display_width(text), ' ');
    const auto is_last = i + 1 == row.size();
    if (columns[i].align == table_column::side::right)
      line += fill + look.paint(row[i].colour, text);
    else
      line += look.paint(row[i].colour, text) + (is_last ? "" : fill);
    if (!is_last)
      line.append(gap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

} // namespace

cell count_cell(std::uint64_t count, tone when_any) {
  return {grouped(count), count > 0 ? when_any : tone::plain};
}

std::string table::text(const style& look, std::size_t width) const {
  std::vector<std::size_t> widths;
  std::vector<cell> titles;
  std::size_t before_last = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.emplace_back(columns_[i].title, tone::dim);
    auto widest = display_width(columns_[i].title);
    for (const auto& row : rows_)
      widest = std::max(widest, display_width(printable(row[i].text)));
    if (i + 1 == columns_.size())
      widest = std::min(widest, std::max(last_column_least, width > before_last ? width - before_last : 0));
    widths.push_back(widest);
    before_last += widest + gap;
  }
  auto out = line_of(titles, columns_, widths, look);
  for (const auto& row : rows_)
    out += line_of(row, columns_, widths, look);
  return out;
}

} // namespace cxstream::terminal
