// An event as a row of fact_ticket_event, in ClickHouse's format JSONEachRow. Pure.
#pragma once

#include "base/time.hpp"
#include "ports/target.hpp"

#include "cxstream/v1/event.pb.h"

#include <string>

namespace cxstream::connectors::clickhouse {

// Sorts as the event's revision does: occurred_at, version, place in the log.
std::string revision_text(const v1::CanonicalEvent& event, base::log_offset offset);

// Appends the row and a line break. Numbers that JSON cannot hold are left out.
void append_row(const ports::delivery& place, const v1::CanonicalEvent& event, base::timestamp delivered_at,
                std::string& out);

} // namespace cxstream::connectors::clickhouse
