// The warehouse's table and views in ClickHouse, and how an older one becomes this version's. The statements are plain
// enough for every version since 18.16. What the columns mean is in docs/connectors/clickhouse.md.
//
// Nothing is updated: an event is a row, known by its ticket and sequence, and the engine keeps one row of each. What a
// ticket is now is a view over its events: each field as the newest revision that spoke of it left it (promise P4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors::clickhouse {

constexpr unsigned schema_version = 1;

// Statements that make what is not there, in order; each may be run again. `database` is a name of letters, digits and
// _.
std::vector<std::string> schema_statements(std::string_view database);
// Notes that the schema has this program's version.
std::string note_version_statement(std::string_view database);
// Its one value is the version found.
std::string find_version_statement(std::string_view database);

} // namespace cxstream::connectors::clickhouse
