#include "security/api_keys/key_set.hpp"

#include "base/rfc3339.hpp"
#include "security/crypto/digest.hpp"

#include <algorithm>

namespace cxstream::security {

key_set::key_set(std::vector<api_key> keys) {
  for (auto& key : keys) {
    auto id = key.id;
    keys_.insert_or_assign(std::move(id), std::move(key));
  }
}

key_verdict key_set::check(std::string_view shown, const scope& needed, base::timestamp now) const {
  using outcome = key_verdict::outcome;
  if (shown.empty())
    return {outcome::no_key, {}, {}, "an API key is needed: send \"authorization: Bearer cxk_…\""};
  const auto parsed = parse_key(shown);
  const auto found = parsed ? keys_.find(parsed->id) : keys_.end();
  if (found == keys_.end() || !same_bytes(sha256(parsed->secret), found->second.secret_sha256))
    return {outcome::wrong_key, {}, {}, "there is no such API key; `cxstream key create` makes one"};

  const auto& key = found->second;
  const auto named = "API key " + key.id + " (" + key.name + ")";
  if (key.revoked)
    return {outcome::revoked, key.id, key.name, named + " was revoked at " + base::format_rfc3339(*key.revoked)};
  if (key.expires && *key.expires <= now)
    return {outcome::expired, key.id, key.name, named + " expired at " + base::format_rfc3339(*key.expires)};
  if (std::none_of(key.scopes.begin(), key.scopes.end(), [&](const scope& held) { return allows(held, needed); }))
    return {outcome::not_allowed, key.id, key.name,
            named + " lacks the scope " + to_text(needed) + "; make a key that has it", key.scopes};
  return {outcome::allowed, key.id, key.name, {}, key.scopes};
}

} // namespace cxstream::security
