#include "security/api_keys/api_key.hpp"

#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"

#include <algorithm>
#include <cassert>

namespace cxstream::security {

namespace {

constexpr std::string_view prefix = "cxk_";
constexpr std::size_t id_bytes = 6;
constexpr std::size_t secret_bytes = 32;

base::error invalid(std::string message) {
  return {base::error_code::invalid_argument, std::move(message)};
}

} // namespace

std::optional<shown_key> parse_key(std::string_view text) {
  constexpr auto id_size = 2 * id_bytes;
  if (!text.starts_with(prefix) || text.size() < prefix.size() + id_size + 1 || text[prefix.size() + id_size] != '_')
    return std::nullopt;
  const auto id = text.substr(prefix.size(), id_size);
  auto secret = decode(text_encoding::base64url, text.substr(prefix.size() + id_size + 1));
  if (!decode(text_encoding::hex, id) || !secret || secret->size() != secret_bytes)
    return std::nullopt;
  return shown_key{std::string(id), std::move(*secret)};
}

base::result<new_key> make_key(std::string name, std::vector<scope> scopes, std::optional<base::timestamp> expires,
                               std::string_view random, base::timestamp now) {
  assert(random.size() == key_random_bytes);
  if (name.empty() || std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < ' ' || c == 127; }))
    return invalid("a key needs a name that says who uses it, such as \"zendesk production\"");
  if (scopes.empty())
    return invalid("a key needs at least one scope, such as ingest:zendesk or read");
  if (expires && *expires <= now)
    return invalid("the key would expire at once; give a time that is to come");
  const auto secret = random.substr(id_bytes);
  const auto id = encode(text_encoding::hex, random.substr(0, id_bytes));
  return new_key{{id, std::move(name), std::move(scopes), now, expires, {}, sha256(secret)},
                 std::string(prefix) + id + "_" + encode(text_encoding::base64url, secret)};
}

std::string_view state_of(const api_key& key, base::timestamp now) {
  if (key.revoked)
    return "revoked";
  return key.expires && *key.expires <= now ? "expired" : "active";
}

} // namespace cxstream::security
