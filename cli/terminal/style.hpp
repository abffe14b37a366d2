// Colours, where somebody sees them. Plain values.
#pragma once

#include <string>
#include <string_view>

namespace cxstream::terminal {

enum class tone { plain, strong, dim, good, notice, bad };

class style {
public:
  enum class colours { off, on };

  explicit style(colours wanted) : wanted_(wanted) {
  }
  // Colours when the stream is a terminal and the environment has no NO_COLOR.
  static style of_stdout();
  static style of_stderr();

  std::string paint(tone t, std::string_view text) const;

private:
  colours wanted_;
};

bool stdout_is_terminal();
bool stderr_is_terminal();
// Columns that a table on stdout may take: those of the terminal; as many as it needs when it is none.
std::size_t stdout_width();
// Columns of the terminal behind stderr; 100 when it is none.
std::size_t stderr_width();

// How many columns a UTF-8 text takes, counting one a code point; bytes that are not UTF-8 count one each.
std::size_t display_width(std::string_view text);
// At most `columns` wide; a text that is cut ends in "…".
std::string fitted(std::string_view text, std::size_t columns);
// Without control characters (they could move the cursor or change colours); line breaks and tabs become blanks.
std::string printable(std::string_view text);

} // namespace cxstream::terminal
