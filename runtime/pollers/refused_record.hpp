// Dead letters of polled records that make no event. Pure.
#pragma once

#include "ports/payload.hpp"

#include "cxstream/v1/admin.pb.h"

#include <string>
#include <vector>

namespace cxstream::pollers {

// The source of a dead letter names the poller, so that what is tried again is read by the mapping of the API and not
// by that of the webhook: "zendesk/poll". No source has a slash in its name.
std::string letter_source(const std::string& source);

// One letter a refused record. Those without a record of their own share one, which has the beginning of the page.
std::vector<v1::DeadLetter> letters_of(const std::string& source, const std::string& source_system,
                                       const ports::read_payload& read, const std::string& page);

} // namespace cxstream::pollers
