#include "sources/imports/import_mappings.hpp"

#include "sources/files/open_records.hpp"
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/load.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace cxstream::sources {

namespace {

constexpr std::size_t text_bytes_max = 1u << 20u;

// A name leads to no other folder.
bool is_plain(const std::string& name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
}

} // namespace

base::result<import_mapping> import_mappings::of_text(const std::string& text, const std::string& name) {
  if (text.size() > text_bytes_max)
    return base::error{base::error_code::invalid_argument, "the mapping has more than a MiB"};
  auto rules = parse_mapping(text, (is_plain(name) ? name : std::string("mapping")) + ".yaml");
  if (!rules)
    return rules.err();
  return import_mapping{*std::move(rules), text};
}

base::result<import_mapping> import_mappings::named(const std::string& name) const {
  if (const auto text = builtin_text(name))
    return of_text(std::string(*text), name);
  if (!folder_.empty() && is_plain(name)) {
    std::ifstream in(folder_ / (name + ".yaml"), std::ios::binary);
    if (in)
      return of_text(std::string(std::istreambuf_iterator<char>(in), {}), name);
  }
  return base::error{base::error_code::not_found,
                     "the node has no mapping '" + name + "': name a built-in one (cxstream map list)" +
                         (folder_.empty() ? "" : ", one in the folder `imports.mappings`,") + " or send its text"};
}

base::result<import_mapping> import_mappings::fitting(const std::filesystem::path& file) {
  const auto look = look_at(file);
  if (!look)
    return look.err();
  switch (*look) {
    case file_look::json:
      return import_mapping{canonical_mapping(), {}};
    case file_look::event_log:
      return of_text(std::string(builtin_text("xes").value_or("")), "xes");
    default:
      return base::error{base::error_code::invalid_argument,
                         std::string(*look == file_look::table ? "a table" : "XML") +
                             " needs a mapping, which says what is what; name one"};
  }
}

} // namespace cxstream::sources
