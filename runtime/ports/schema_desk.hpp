// What operators see of the contracts of sources, and what they decide about them. Thread-safe; callbacks come exactly
// once.
#pragma once

#include "ports/services.hpp"

#include "cxstream/v1/schema.pb.h"

namespace cxstream::ports {

class schema_desk {
public:
  virtual ~schema_desk() = default;
  virtual void list_schemas(v1::ListSchemasRequest request, reply<v1::ListSchemasResponse> done) = 0;
  // The others: not_found where there is no such source, or it has no contract.
  virtual void get_schema(v1::GetSchemaRequest request, reply<v1::GetSchemaResponse> done) = 0;
  virtual void get_schema_timeline(v1::GetSchemaTimelineRequest request, reply<v1::GetSchemaTimelineResponse> done) = 0;
  virtual void accept_schema(v1::AcceptSchemaRequest request, reply<v1::AcceptSchemaResponse> done) = 0;
};

} // namespace cxstream::ports
