#include "security/api_keys/key_text.hpp"

#include "base/rfc3339.hpp"
#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

namespace cxstream::security {

namespace {

using json = nlohmann::ordered_json;

constexpr int newest_version = 1;
constexpr std::array<std::string_view, 7> fields{"id", "name", "scopes", "sha256", "created", "expires", "revoked"};

// Thrown inside this file only; ends in parse_keys.
struct bad_file {
  base::error what;
};

[[noreturn]] void refuse(std::string message) {
  throw bad_file{{base::error_code::corrupt, std::move(message)}};
}

std::string text_in(const json& entry, const std::string& field, const std::string& where) {
  const auto found = entry.find(field);
  if (found == entry.end() || !found->is_string())
    refuse(where + ": \"" + field + "\" must be a text");
  return found->get<std::string>();
}

base::timestamp time_in(const json& entry, const std::string& field, const std::string& where) {
  const auto time = base::parse_rfc3339(text_in(entry, field, where));
  if (!time)
    refuse(where + ": \"" + field + "\" must be a time such as 2026-01-01T00:00:00Z");
  return *time;
}

std::optional<base::timestamp> time_or_none(const json& entry, const std::string& field, const std::string& where) {
  if (!entry.contains(field) || entry[field].is_null())
    return std::nullopt;
  return time_in(entry, field, where);
}

std::vector<scope> scopes_in(const json& entry, const std::string& where) {
  if (!entry.contains("scopes") || !entry["scopes"].is_array() || entry["scopes"].empty())
    refuse(where + ": \"scopes\" must be a list with at least one scope");
  std::vector<scope> out;
  for (const auto& one : entry["scopes"]) {
    const auto parsed = parse_scope(one.is_string() ? one.get<std::string>() : one.dump());
    if (!parsed)
      refuse(where + ": " + parsed.err().message);
    out.push_back(*parsed);
  }
  return out;
}

api_key key_in(const json& entry, const std::string& where) {
  if (!entry.is_object())
    refuse(where + " must be an object");
  for (const auto& [name, value] : entry.items())
    if (std::find(fields.begin(), fields.end(), name) == fields.end())
      refuse(where + ": there is no field \"" + name + "\"");
  api_key out;
  out.id = text_in(entry, "id", where);
  if (const auto raw = decode(text_encoding::hex, out.id); !raw || raw->size() != 6)
    refuse(where + ": \"id\" must be 12 lower-case hexadecimal digits");
  out.name = text_in(entry, "name", where);
  out.scopes = scopes_in(entry, where);
  const auto hash = decode(text_encoding::hex, text_in(entry, "sha256", where));
  if (!hash || hash->size() != digest_size(hash_algorithm::sha256))
    refuse(where + ": \"sha256\" must be 64 lower-case hexadecimal digits");
  out.secret_sha256 = *hash;
  out.created = time_in(entry, "created", where);
  out.expires = time_or_none(entry, "expires", where);
  out.revoked = time_or_none(entry, "revoked", where);
  return out;
}

json time_json(const std::optional<base::timestamp>& time) {
  return time ? json(base::format_rfc3339(*time)) : json();
}

std::vector<api_key> keys_in(const json& file) {
  if (!file.is_object() || !file.contains("version") || !file["version"].is_number_integer() ||
      !file.contains("keys") || !file["keys"].is_array())
    refuse("a file of API keys is an object with \"version\" and a list \"keys\"");
  if (file["version"] != newest_version)
    throw bad_file{{base::error_code::unsupported_format, "it has version " + file["version"].dump() +
                                                              "; this program reads version " +
                                                              std::to_string(newest_version)}};
  std::vector<api_key> out;
  std::set<std::string> ids;
  for (const auto& entry : file["keys"]) {
    const auto where = "key " + std::to_string(out.size() + 1);
    out.push_back(key_in(entry, where));
    if (!ids.insert(out.back().id).second)
      refuse(where + ": the id " + out.back().id + " is there twice");
  }
  return out;
}

} // namespace

std::string to_text(const std::vector<api_key>& keys) {
  auto list = json::array();
  for (const auto& key : keys) {
    auto scopes = json::array();
    for (const auto& one : key.scopes)
      scopes.push_back(to_text(one));
    list.push_back({{"id", key.id},
                    {"name", key.name},
                    {"scopes", std::move(scopes)},
                    {"sha256", encode(text_encoding::hex, key.secret_sha256)},
                    {"created", base::format_rfc3339(key.created)},
                    {"expires", time_json(key.expires)},
                    {"revoked", time_json(key.revoked)}});
  }
  const json file = {{"version", newest_version}, {"keys", std::move(list)}};
  return file.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

base::result<std::vector<api_key>> parse_keys(std::string_view text) {
  try {
    return keys_in(json::parse(text));
  } catch (const bad_file& bad) {
    return bad.what;
  } catch (const json::exception& e) {
    return base::error{base::error_code::corrupt, std::string("it is no JSON: ") + e.what()};
  }
}

} // namespace cxstream::security
