// A whole payload becomes events by a mapping. Thread-safe: what has state (documents, jq's programs) is kept in a
// pool, one set for each thread that maps at the same moment.
#pragma once

#include "model/validate.hpp"
#include "ports/payload.hpp"
#include "sources/mapping/explain.hpp"
#include "sources/mapping/mapping.hpp"

#include <functional>
#include <memory>

namespace cxstream::sources {

class payload_mapper {
public:
  // Errors: invalid_argument (an expression that jq cannot read).
  static base::result<payload_mapper> make(mapping rules, const model::validation_limits& limits = {});

  payload_mapper(payload_mapper&&) noexcept;
  payload_mapper& operator=(payload_mapper&&) noexcept;
  ~payload_mapper();

  // Every record of the payload is in `events`, `dropped` or `refused`. Refused are: BAD_FORMAT (not what the mapping's
  // format says, with the place), BAD_MAPPING (with the field's path; also what the node would refuse later),
  // TOO_LARGE. Events are as the mapping makes them, not yet canonical; each has its idempotency_key. `now` tells times
  // that lie in the future.
  ports::read_payload map(const ports::payload& from, base::timestamp now) const;

  // The same, with why each field is what it is: for people, and slower.
  std::vector<record_story> explain(const ports::payload& from, base::timestamp now) const;

  const mapping& rules() const;

private:
  struct pool;
  explicit payload_mapper(std::unique_ptr<pool> p);

  std::unique_ptr<pool> pool_;
};

} // namespace cxstream::sources
