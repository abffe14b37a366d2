// One look at an evidence link. Owned by one thread.
#pragma once

#include "connectors/http/http_client.hpp"
#include "ports/evidence_meter.hpp"

#include <string>

namespace cxstream::connectors {

struct link_finding {
  ports::evidence_found found = ports::evidence_found::unclear;
  int http_status = 0; // where there was an answer
};

// What an answer says about the link. resolves: 2xx and redirects (which are not followed: a login stands behind most).
// locked: 401, 403, 407. broken: every other 4xx but 408, 425 and 429. unclear: those, 5xx, no answer.
link_finding finding_of(const http_answer& answer);

// Asks with HEAD, and with GET where that is refused or finds nothing: many servers know no HEAD.
link_finding look_at(http_client& client, const std::string& url);

} // namespace cxstream::connectors
