#include "terminal/style.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

namespace cxstream::terminal {

namespace {

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
}

std::optional<std::size_t> width_of(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return std::nullopt;
  return size.ws_col;
}

style of_stream(bool is_terminal) {
  const char* no_color = std::getenv("NO_COLOR"); // NOLINT(concurrency-mt-unsafe): nobody sets the environment
  const auto wanted = is_terminal && (no_color == nullptr || *no_color == '\0');
  return style(wanted ? style::colours::on : style::colours::off);
}

} // namespace

style style::of_stdout() {
  return of_stream(stdout_is_terminal());
}

style style::of_stderr() {
  return of_stream(stderr_is_terminal());
}

std::string style::paint(tone t, std::string_view text) const {
  if (wanted_ == colours::off || t == tone::plain || text.empty())
    return std::string(text);
  const char* code = "0";
  switch (t) {
    case tone::strong:
      code = "1";
      break;
    case tone::dim:
      code = "2";
      break;
    case tone::good:
      code = "32";
      break;
    case tone::notice:
      code = "33";
      break;
    case tone::bad:
      code = "31";
      break;
    case tone::plain:
      break;
  }
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

bool stdout_is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

bool stderr_is_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

std::size_t stdout_width() {
  constexpr std::size_t unlimited = 100'000;
  return width_of(STDOUT_FILENO).value_or(unlimited);
}

std::size_t stderr_width() {
  return width_of(STDERR_FILENO).value_or(100);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const auto c : text)
    width += begins_character(c) ? 1 : 0;
  return width;
}

std::string fitted(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns)
    return std::string(text);
  if (columns == 0)
    return {};
  std::size_t width = 0;
  std::size_t end = 0;
  while (end < text.size() && !(begins_character(text[end]) && width == columns - 1)) {
    width += begins_character(text[end]) ? 1 : 0;
    ++end;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const auto c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n' || c == '\r' || c == '\t')
      out.push_back(' ');
    else if (code >= 0x20 && code != 0x7f)
      out.push_back(c);
  }
  return out;
}

} // namespace cxstream::terminal
