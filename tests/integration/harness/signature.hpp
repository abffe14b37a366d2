// What vendors sign with.
#pragma once

#include <string>
#include <string_view>

namespace cxstream::integration {

std::string hmac_sha256_base64(std::string_view key, std::string_view text);

} // namespace cxstream::integration
