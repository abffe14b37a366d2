// `cxstream key`: the API keys that a node accepts, in its file. No node is needed; a running one sees a change at
// once. Each function returns the exit code.
#pragma once

#include "failure.hpp"

#include "security/api_keys/api_key.hpp"

#include <string>
#include <vector>

namespace cxstream::cli {

struct key_options {
  std::string file = "data/keys.json";
  std::string name;
  std::vector<std::string> scopes;
  std::string expires = "never";
  std::vector<std::string> ids;
  bool everything = false; // list: also those that are good for nothing any more
  bool json = false;
};

int create_key(const key_options& options);
int list_keys(const key_options& options);
int revoke_keys(const key_options& options);

base::timestamp time_now();
// One object in a line; never anything of the secret.
std::string json_line(const security::api_key& key, base::timestamp now);
// What a failed call on the file ends with.
int fail_with(const base::error& why);

} // namespace cxstream::cli
