#include "key/key.hpp"

#include "base/rfc3339.hpp"
#include "config/quantities.hpp"
#include "security/api_keys/key_file.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace cxstream::cli {

namespace {

// Empty when the text is no such time; the inner one is empty for "never".
std::optional<std::optional<base::timestamp>> expiry_of(const std::string& text, base::timestamp now) {
  if (text == "never")
    return std::optional<base::timestamp>();
  if (const auto after = config::parse_duration(text))
    return std::optional(now + *after);
  if (const auto at = base::parse_rfc3339(text))
    return at;
  return std::nullopt;
}

} // namespace

int create_key(const key_options& options) {
  std::vector<security::scope> scopes;
  for (const auto& text : options.scopes) {
    auto parsed = security::parse_scope(text);
    if (!parsed)
      return fail_with(parsed.err());
    scopes.push_back(std::move(*parsed));
  }
  const auto now = time_now();
  const auto expires = expiry_of(options.expires, now);
  if (!expires)
    return fail(client::exit_usage,
                "--expires \"" + options.expires + "\" is no time: give 90d, 12h, 2027-01-31T00:00:00Z or never");
  const auto made = security::create_key(options.file, options.name, std::move(scopes), *expires, now);
  if (!made)
    return fail_with(made.err());
  if (options.json) {
    auto line = nlohmann::ordered_json::parse(json_line(made->key, now));
    line["key"] = made->text;
    std::printf("%s\n", line.dump().c_str());
    return client::exit_ok;
  }
  std::printf("%s\n", made->text.c_str());
  std::fprintf(stderr,
               "This is key %s; it is shown this once, and %s keeps only its hash. Send it as\n"
               "  authorization: Bearer <key>\n",
               made->key.id.c_str(), options.file.c_str());
  return client::exit_ok;
}

} // namespace cxstream::cli
