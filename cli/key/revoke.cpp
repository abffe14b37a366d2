#include "key/key.hpp"

#include "security/api_keys/key_file.hpp"

#include <cstdio>

namespace cxstream::cli {

int revoke_keys(const key_options& options) {
  auto code = client::exit_ok;
  const auto now = time_now();
  for (const auto& text : options.ids) {
    // Who has the whole key at hand need not cut its id out.
    const auto shown = security::parse_key(text);
    const auto revoked = security::revoke_key(options.file, shown ? shown->id : text, now);
    if (!revoked) {
      fail_with(revoked.err());
      code = client::exit_failed;
    } else if (options.json) {
      std::printf("%s\n", json_line(*revoked, now).c_str());
    } else {
      std::printf("%s (%s) %s\n", revoked->id.c_str(), revoked->name.c_str(),
                  *revoked->revoked == now ? "is revoked" : "was revoked before");
    }
  }
  return code;
}

} // namespace cxstream::cli
