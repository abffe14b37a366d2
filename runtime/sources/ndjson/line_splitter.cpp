#include "sources/ndjson/line_splitter.hpp"

#include <algorithm>

namespace cxstream::sources {

base::result<bool> line_splitter::next(text_line& out) {
  out.text.clear();
  out.cut = false;
  bool began = false;
  while (true) {
    if (piece_.empty()) {
      const auto piece = input_.read();
      if (!piece)
        return piece.err();
      if (piece->empty())
        break;
      piece_ = *piece;
    }
    began = true;
    const auto end = piece_.find('\n');
    const auto part = piece_.substr(0, end);
    const auto room = line_bytes_max - out.text.size();
    out.cut = out.cut || part.size() > room;
    out.text += part.substr(0, room);
    piece_.remove_prefix(end == std::string_view::npos ? piece_.size() : end + 1);
    if (end != std::string_view::npos)
      break;
  }
  if (!began)
    return false;
  if (out.text.ends_with('\r'))
    out.text.pop_back();
  out.number = ++number_;
  return true;
}

} // namespace cxstream::sources
