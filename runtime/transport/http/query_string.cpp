#include "transport/http/query_string.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace cxstream::transport {

namespace {

// curl passes over a % that begins nothing.
bool is_encoded_well(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
    if (text.size() - at < 3 || std::isxdigit(static_cast<unsigned char>(text[at + 1])) == 0 ||
        std::isxdigit(static_cast<unsigned char>(text[at + 2])) == 0)
      return false;
  return true;
}

std::optional<std::string> form_decoded(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  return percent_decoded(blanks);
}

} // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  if (!is_encoded_well(text))
    return std::nullopt;
  if (text.empty()) // for curl, a length of 0 means that it counts itself
    return std::string();
  int length = 0;
  const std::unique_ptr<char, decltype(&curl_free)> plain(
      curl_easy_unescape(nullptr, text.data(), static_cast<int>(text.size()), &length), &curl_free);
  if (!plain)
    return std::nullopt;
  return std::string(plain.get(), static_cast<std::size_t>(length));
}

std::optional<std::vector<std::pair<std::string, std::string>>> query_of(std::string_view target) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto begin = target.find('?');
  auto rest = begin == std::string_view::npos ? std::string_view() : target.substr(begin + 1);
  while (!rest.empty()) {
    const auto part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (part.empty())
      continue;
    const auto equals = std::min(part.find('='), part.size());
    auto name = form_decoded(part.substr(0, equals));
    auto value = form_decoded(part.substr(std::min(equals + 1, part.size())));
    if (!name || !value)
      return std::nullopt;
    out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

} // namespace cxstream::transport
