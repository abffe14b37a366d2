// json_schema: a JSON Schema (draft 4 or 7, by its "$schema"; 7 without one) that payloads are checked against.
// Thread-safe.
//
// The checking is valijson's. What it does not know (keywords of later drafts, references to other documents) is an
// error when the schema is read, as ignoring it would let through what the schema forbids. "format" is a remark and
// not checked, as the specification has it. Beside a "$ref" other keywords mean nothing (draft 7).
#pragma once

#include "base/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::sources {

struct measured_document;

struct schema_violation {
  std::string pointer; // JSON pointer into the payload; empty: the payload itself
  std::string message;
};

class json_schema {
public:
  // Errors: invalid_argument, which says what is wrong and where in the schema. `name` is for messages.
  static base::result<std::unique_ptr<json_schema>> parse(std::string_view text, const std::string& name);
  // Errors: not_found too.
  static base::result<std::unique_ptr<json_schema>> load(const std::string& file);
  ~json_schema();

  // Empty: the payload follows the schema. At most ten.
  std::vector<schema_violation> check(const measured_document& payload) const;

private:
  struct state;
  explicit json_schema(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

} // namespace cxstream::sources
