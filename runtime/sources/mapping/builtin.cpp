#include "sources/mapping/builtin.hpp"

#include "base/suggest.hpp"
#include "sources/mapping/load.hpp"

#include <algorithm>

namespace cxstream::sources {

std::optional<std::string_view> builtin_text(std::string_view name) {
  const auto files = builtin_files();
  const auto found = std::ranges::find(files, name, &builtin_file::name);
  return found == files.end() ? std::nullopt : std::optional(found->text);
}

base::result<mapping> builtin_mapping(std::string_view name) {
  const auto text = builtin_text(name);
  if (text)
    return parse_mapping(std::string(*text), std::string(name) + ".yaml");
  std::vector<std::string_view> names;
  for (const auto& file : builtin_files())
    names.push_back(file.name);
  return base::error{base::error_code::not_found, "there is no built-in mapping '" + std::string(name) + "'" +
                                                      base::suggestion(name, names) +
                                                      " A file of your own is named by its path, such as ./desk.yaml"};
}

base::result<mapping> resolve_mapping(const std::string& reference) {
  const auto is_path =
      reference.find('/') != std::string::npos || reference.ends_with(".yaml") || reference.ends_with(".yml");
  std::error_code ignored;
  const auto is_file = !builtin_text(reference) && std::filesystem::is_regular_file(reference, ignored);
  return is_path || is_file ? load_mapping(reference) : builtin_mapping(reference);
}

} // namespace cxstream::sources
