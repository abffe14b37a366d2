#include "sources/files/fitting_mapping.hpp"

#include "sources/files/open_records.hpp"
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/load.hpp"

namespace cxstream::sources {

base::result<mapping> fitting_mapping(const std::filesystem::path& file) {
  const auto look = look_at(file);
  if (!look)
    return look.err();
  switch (*look) {
    case file_look::json:
      return canonical_mapping();
    case file_look::event_log:
      return builtin_mapping("xes");
    case file_look::table:
      return base::error{base::error_code::invalid_argument,
                         file.string() +
                             ": a table needs --mapping, which says which column is what; examples/mappings "
                             "has some to start from"};
    default:
      return base::error{base::error_code::invalid_argument,
                         file.string() + ": XML needs --mapping, which says which element is what"};
  }
}

} // namespace cxstream::sources
