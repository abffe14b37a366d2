// The warehouse's tables and how a schema of an older version becomes one of this version. The version is the highest
// in the table schema_version; steps only add. What the tables mean is in docs/connectors/postgres.md.
#pragma once

#include "connectors/postgres/connection.hpp"

#include <span>
#include <stdexcept>

namespace cxstream::connectors::postgres {

// Step i brings version i to version i + 1.
using schema_steps = std::span<const char* const>;
schema_steps warehouse_schema();

// The schema was written by a newer program, or belongs to something else.
class schema_refused : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// Makes the schema where it is not there and runs the steps that are missing, in one transaction, while others who do
// the same wait. Afterwards the connection finds the tables without naming the schema. Throws schema_refused, failure.
void migrate(connection& db, const std::string& schema, schema_steps steps);

// Lets a role read the views. Throws failure.
void let_read(connection& db, const std::string& schema, const std::string& role);

} // namespace cxstream::connectors::postgres
