// What the subcommands of `cxstream schema` share, and how they show what was learned.
#pragma once

#include "calls.hpp"
#include "terminal/table.hpp"

#include "cxstream/v1/schema.grpc.pb.h"

#include <span>
#include <string>

namespace cxstream::cli {

struct schema_options {
  call_options call;
  std::string source;
  std::uint32_t limit = 50;
};

// "new field"
std::string kind_text(v1::DriftKind kind);
terminal::table summary_table(const v1::ListSchemasResponse& answer);
terminal::table field_table(const v1::SourceSchema& schema);
terminal::table timeline_table(const v1::GetSchemaTimelineResponse& answer);

} // namespace cxstream::cli
