#include "transport/http/json_writer.hpp"

#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>

namespace cxstream::transport {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool is_valid(std::string_view text) {
  rapidjson::MemoryStream in(text.data(), text.size());
  rapidjson::StringBuffer out;
  while (in.Tell() < text.size())
    if (!rapidjson::UTF8<>::Validate(in, out))
      return false;
  return true;
}

} // namespace

std::string_view valid_utf8(std::string_view text, std::string& repaired) {
  if (is_valid(text))
    return text;
  for (std::size_t at = 0; at < text.size();) {
    rapidjson::MemoryStream in(text.data() + at, text.size() - at);
    rapidjson::StringBuffer out;
    if (rapidjson::UTF8<>::Validate(in, out) && in.Tell() <= text.size() - at) {
      repaired.append(out.GetString(), out.GetSize());
      at += in.Tell();
    } else {
      repaired += replacement;
      ++at;
    }
  }
  return repaired;
}

} // namespace cxstream::transport
