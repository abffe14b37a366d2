// The file of API keys: read whole, replaced whole. Readable by its owner alone; a reader sees the old file or the new
// one, and one program at a time changes it.
#pragma once

#include "base/result.hpp"
#include "security/api_keys/api_key.hpp"
#include "security/files/plain_file.hpp"

#include <functional>
#include <string>
#include <vector>

namespace cxstream::security {

struct read_keys {
  std::vector<api_key> keys;
  file_stamp stamp; // of the very file that was read
};

// Errors: not_found; io; corrupt and unsupported_format as of parse_keys; failed_precondition, when everybody may write
// the file, and so could have added a key. All name the file.
base::result<read_keys> load_keys(const std::string& path);

// Reads the file (one that is not there has no keys), lets `change` work on its keys, and replaces it durably; nothing
// is written when `change` fails. Directories that are missing are made. Errors: as of load_keys, and of `change`.
base::result<void> change_keys(const std::string& path,
                               const std::function<base::result<void>(std::vector<api_key>&)>& change);

// change_keys with a new key of fresh randomness. Errors: as of make_key and change_keys.
base::result<new_key> create_key(const std::string& path, std::string name, std::vector<scope> scopes,
                                 std::optional<base::timestamp> expires, base::timestamp now);
// From `now` on the key is good for nothing; one that was revoked before keeps its time. Errors: not_found, and as of
// change_keys.
base::result<api_key> revoke_key(const std::string& path, const std::string& id, base::timestamp now);

} // namespace cxstream::security
