// Bytes as text: hexadecimal and base64, by OpenSSL. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cxstream::security {

enum class text_encoding { hex, hex_upper, base64, base64url };

// Padded, except base64url, which is not.
std::string encode(text_encoding as, std::string_view bytes);
// Strict: empty for any text that encode() would not have made of those bytes (white space, the other case, missing
// padding, set bits behind the last byte), so that two texts never mean the same bytes.
std::optional<std::string> decode(text_encoding as, std::string_view text);
// How many characters so many bytes become.
std::size_t encoded_size(text_encoding as, std::size_t bytes) noexcept;

} // namespace cxstream::security
