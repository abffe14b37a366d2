#include "key/key.hpp"

#include "base/rfc3339.hpp"
#include "security/api_keys/key_file.hpp"
#include "terminal/table.hpp"

#include <cstdio>

namespace cxstream::cli {

namespace {

std::string scopes_text(const security::api_key& key) {
  std::string out;
  for (const auto& one : key.scopes)
    out.append(out.empty() ? "" : " ").append(security::to_text(one));
  return out;
}

} // namespace

int list_keys(const key_options& options) {
  const auto loaded = security::load_keys(options.file);
  if (!loaded)
    return fail_with(loaded.err());
  const auto now = time_now();
  terminal::table table({{"id"}, {"name"}, {"state"}, {"scopes"}, {"created"}, {"expires"}});
  std::size_t left_out = 0;
  for (const auto& key : loaded->keys) {
    const auto state = security::state_of(key, now);
    if (state != "active" && !options.everything) {
      ++left_out;
      continue;
    }
    if (options.json)
      std::printf("%s\n", json_line(key, now).c_str());
    else
      table.add(
          {{key.id, terminal::tone::strong},
           {terminal::printable(key.name)},
           {std::string(state), state == "active" ? terminal::tone::good : terminal::tone::bad},
           {scopes_text(key)},
           {base::format_rfc3339(std::chrono::floor<std::chrono::seconds>(key.created))},
           {key.expires ? base::format_rfc3339(std::chrono::floor<std::chrono::seconds>(*key.expires)) : "never"}});
  }
  if (options.json)
    return client::exit_ok;
  std::fputs(table.empty() ? "no keys that are active\n"
                           : table.text(terminal::style::of_stdout(), terminal::stdout_width()).c_str(),
             stdout);
  if (left_out > 0)
    std::printf("… and %zu that expired or were revoked; --all shows them\n", left_out);
  return client::exit_ok;
}

} // namespace cxstream::cli
