// The file of API keys as text: JSON, with hashes and never a secret. Pure.
//
// {"version": 1, "keys": [{"id": "0a1b2c3d4e5f", "name": "zendesk", "scopes": ["ingest:zendesk"], "sha256": "…",
//   "created": "2026-01-01T00:00:00Z", "expires": "2027-01-01T00:00:00Z", "revoked": null}]}
#pragma once

#include "base/result.hpp"
#include "security/api_keys/api_key.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cxstream::security {

std::string to_text(const std::vector<api_key>& keys);

// All or nothing: half a ring would lock people out, or forget who was revoked. Errors: corrupt, naming the key and the
// field; unsupported_format, when a newer program wrote it.
base::result<std::vector<api_key>> parse_keys(std::string_view text);

} // namespace cxstream::security
