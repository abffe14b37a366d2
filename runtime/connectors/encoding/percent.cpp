#include "connectors/encoding/percent.hpp"

namespace cxstream::connectors {

std::string percent_encoded(std::string_view text, hex_case digits) {
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  const std::string_view alphabet = digits == hex_case::upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    if (unreserved.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', alphabet[byte >> 4U], alphabet[byte & 15U]});
  }
  return out;
}

} // namespace cxstream::connectors
