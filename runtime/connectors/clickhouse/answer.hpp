// What ClickHouse's HTTP answer means. Pure.
#pragma once

#include "connectors/http/http_call.hpp"
#include "ports/target.hpp"

namespace cxstream::connectors::clickhouse {

// The code in "Code: 60, e.displayText() = …" or in X-ClickHouse-Exception-Code; 0 when there is none.
int exception_code(const http_answer& answer);

// For a batch: delivered; permanent when a row of it is what ClickHouse refuses; throttled when it has too much to do
// (too many parts, queries, memory); unreachable for all else: a mistake of the set-up, a full disk, a broken
// connection.
ports::delivery_result meaning_of(const http_answer& answer);

} // namespace cxstream::connectors::clickhouse
