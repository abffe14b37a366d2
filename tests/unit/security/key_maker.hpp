// API keys for tests, of a number instead of randomness, and files to put them in.
#pragma once

#include "security/api_keys/key_file.hpp"
#include "security/api_keys/key_text.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace cxstream::security {

inline const base::timestamp some_day = base::from_us(1'767'225'600'000'000); // 2026-01-01T00:00:00Z

inline scope scope_of(std::string_view text) {
  const auto parsed = parse_scope(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : scope{};
}

inline new_key key_of(char seed, const std::vector<std::string>& scopes, std::optional<base::timestamp> expires = {}) {
  std::vector<scope> parsed;
  for (const auto& text : scopes)
    parsed.push_back(scope_of(text));
  auto made = make_key("key " + std::to_string(static_cast<unsigned char>(seed)), parsed, expires,
                       std::string(key_random_bytes, seed), some_day);
  EXPECT_TRUE(made) << made.err().message;
  return *made;
}

inline void put_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

inline std::string file_text(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

} // namespace cxstream::security
