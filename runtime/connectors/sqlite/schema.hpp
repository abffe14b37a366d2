// The warehouse's tables and how a file of an older version becomes one of this version. The version is PRAGMA
// user_version; steps only add. What the tables mean is in docs/connectors/sqlite.md.
#pragma once

#include "connectors/sqlite/database.hpp"

#include <span>

namespace cxstream::connectors {

// Step i brings version i to version i + 1.
using schema_steps = std::span<const char* const>;
schema_steps warehouse_schema();

// The file was written by a newer program, or is not a warehouse at all.
class schema_refused : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// Runs the steps that are missing, in one transaction. Throws schema_refused, sqlite_failure.
void migrate(database& db, schema_steps steps);

} // namespace cxstream::connectors
