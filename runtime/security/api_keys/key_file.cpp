#include "security/api_keys/key_file.hpp"

#include "security/api_keys/key_text.hpp"
#include "security/crypto/digest.hpp"

#include <algorithm>
#include <filesystem>

namespace cxstream::security {

base::result<read_keys> load_keys(const std::string& path) {
  const auto file = read_file(path);
  if (!file)
    return file.err();
  if (file->everybody_may_write)
    return base::error{base::error_code::failed_precondition,
                       path + " can be written by everybody, who could add keys: chmod 600 " + path};
  auto keys = parse_keys(file->bytes);
  if (!keys)
    return base::error{keys.err().code, path + ": " + keys.err().message};
  return read_keys{std::move(*keys), file->stamp};
}

base::result<void> change_keys(const std::string& path,
                               const std::function<base::result<void>(std::vector<api_key>&)>& change) {
  std::error_code problem;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && (std::filesystem::create_directories(folder, problem), problem))
    return file_failure("cannot create", folder.string(), problem.value());
  // Two changes at once would forget one of them, and that may be a revocation. The lock is of a file beside it: this
  // one is replaced.
  const auto lock = file_lock::get(path + ".lock");
  if (!lock)
    return lock.err();
  auto loaded = load_keys(path);
  if (!loaded && loaded.err().code != base::error_code::not_found)
    return loaded.err();
  auto keys = loaded ? std::move(loaded->keys) : std::vector<api_key>();
  if (auto changed = change(keys); !changed)
    return changed;
  return replace_file(path, to_text(keys));
}

base::result<new_key> create_key(const std::string& path, std::string name, std::vector<scope> scopes,
                                 std::optional<base::timestamp> expires, base::timestamp now) {
  const auto random = random_bytes(key_random_bytes);
  if (!random)
    return random.err();
  auto made = make_key(std::move(name), std::move(scopes), expires, *random, now);
  if (!made)
    return made;
  const auto changed = change_keys(path, [&](std::vector<api_key>& keys) -> base::result<void> {
    if (std::any_of(keys.begin(), keys.end(), [&](auto& k) { return k.id == made->key.id; }))
      return base::error{base::error_code::unavailable, "the new key's id is taken; try again"};
    keys.push_back(made->key);
    return {};
  });
  if (!changed)
    return changed.err();
  return made;
}

base::result<api_key> revoke_key(const std::string& path, const std::string& id, base::timestamp now) {
  api_key revoked;
  const auto changed = change_keys(path, [&](std::vector<api_key>& keys) -> base::result<void> {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](auto& k) { return k.id == id; });
    if (found == keys.end())
      return base::error{base::error_code::not_found,
                         "there is no key " + id + " in " + path + "; `cxstream key list` shows their ids"};
    if (!found->revoked)
      found->revoked = now;
    revoked = *found;
    return {};
  });
  if (!changed)
    return changed.err();
  return revoked;
}

} // namespace cxstream::security
