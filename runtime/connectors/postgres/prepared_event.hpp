// An event of a deliver() call, read and made fit for PostgreSQL.
#pragma once

#include "base/time.hpp"
#include "connectors/postgres/fitting.hpp"
#include "connectors/warehouse/event_key.hpp"
#include "model/revision.hpp"
#include "ports/target.hpp"

#include "cxstream/v1/event.pb.h"

namespace cxstream::connectors::postgres {

struct prepared_event {
  const ports::delivery* place = nullptr;
  v1::CanonicalEvent event;
  std::vector<discard> discards;

  std::int64_t key() const {
    return event_key(place->partition, place->offset);
  }
  base::timestamp occurred_at() const {
    return base::from_us(model::to_us(event.occurred_at()));
  }
};

} // namespace cxstream::connectors::postgres
