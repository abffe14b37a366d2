// Dead letters of what came over HTTP and made no event. Pure; thread-safe.
#pragma once

#include "ports/payload.hpp"

#include "cxstream/v1/admin.pb.h"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::transport {

struct letter_origin {
  std::string source;                            // the configured source, or the door ("events")
  std::string source_system;                     // empty where it is not known
  const ports::payload_reader* reader = nullptr; // knows which headers of this source are secret, beside the usual ones
};

// True for names that carry credentials: authorization, cookies, and all that speak of keys, tokens, secrets or
// passwords.
bool is_secret_header(std::string_view name);

// One letter a refusal that has a record of its own, in their order. Those without one share the first letter: it has
// the whole body, as it must be mapped again as a whole.
std::vector<v1::DeadLetter> refusal_letters(const letter_origin& origin, const ports::payload& from,
                                            const std::vector<ports::payload_refusal>& refused);

} // namespace cxstream::transport
