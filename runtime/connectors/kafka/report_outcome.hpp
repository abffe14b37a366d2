// What a delivery report says about an event. Pure.
#pragma once

#include "ports/target.hpp"

namespace cxstream::connectors {

// `error`: rd_kafka_resp_err_t of the report, 0 for stored. `any_stored`: whether the call had another message stored.
// permanent: the broker refuses the record itself. throttled: a quota. unreachable: brokers, topic, leader, replicas,
// rights, or no answer at all: every event would have met it. transient: no answer to this one while others got theirs,
// and what is not known.
ports::delivery_result result_of_report(int error, bool any_stored);

} // namespace cxstream::connectors
