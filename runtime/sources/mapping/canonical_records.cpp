#include "sources/mapping/canonical_records.hpp"

#include "sources/json/json_document.hpp"

#include <algorithm>

namespace cxstream::sources {

std::vector<std::string> canonical_records(std::string_view body) {
  std::vector<std::string> out;
  json_document document;
  if (document.parse(body)) {
    const auto& root = document.root();
    if (root.kind != cell_kind::list)
      return {std::string(body)};
    for (const auto& item : root.items())
      out.push_back(to_json(item));
    return out;
  }
  while (!body.empty()) {
    const auto line = body.substr(0, body.find('\n'));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos)
      out.emplace_back(line);
    body.remove_prefix(std::min(body.size(), line.size() + 1));
  }
  if (out.empty())
    out.emplace_back(); // nothing is no event either
  return out;
}

} // namespace cxstream::sources
