#include "sources/ndjson/json_row.hpp"

#include "sources/row.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <charconv>

namespace cxstream::sources {

namespace {

// Numbers stay as they are written, depth costs no stack, and texts must be UTF-8.
constexpr unsigned parse_flags =
    rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

const rapidjson::Value* member(const rapidjson::Value& value, std::string_view name) {
  if (value.IsObject()) {
    const auto found = value.FindMember(rapidjson::Value(name.data(), static_cast<rapidjson::SizeType>(name.size())));
    return found == value.MemberEnd() ? nullptr : &found->value;
  }
  if (!value.IsArray())
    return nullptr;
  rapidjson::SizeType place = 0;
  const auto [stop, code] = std::from_chars(name.data(), name.data() + name.size(), place);
  const auto whole = code == std::errc() && stop == name.data() + name.size();
  return whole && place < value.Size() ? &value[place] : nullptr;
}

const rapidjson::Value* at_path(const rapidjson::Value& value, std::string_view path) {
  for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    const auto* inner = member(value, path.substr(0, dot));
    if (const auto* found = inner == nullptr ? nullptr : at_path(*inner, path.substr(dot + 1)))
      return found;
  }
  return member(value, path);
}

bool is_plain(const rapidjson::Value& value) {
  return value.IsString() || value.IsBool();
}

std::string_view plain_text(const rapidjson::Value& value) {
  if (value.IsString())
    return {value.GetString(), value.GetStringLength()};
  return value.IsTrue() ? "true" : "false";
}

// The members of an array of plain values; nothing for other arrays.
std::optional<std::string> joined(const rapidjson::Value& array) {
  std::string out;
  for (const auto& part : array.GetArray()) {
    if (!is_plain(part))
      return std::nullopt;
    if (&part != array.Begin())
      out.push_back(array_separator);
    out += plain_text(part);
  }
  return out;
}

} // namespace

struct json_row::document {
  rapidjson::MemoryPoolAllocator<> pool;
  rapidjson::Document json{&pool};
};

json_row::json_row(const std::vector<std::string>& paths)
    : paths_(paths), cells_(paths.size()), texts_(paths.size()), document_(std::make_unique<document>()) {
}

json_row::~json_row() = default;

base::result<void> json_row::parse(std::string_view line) {
  auto& json = document_->json;
  json.SetNull();
  document_->pool.Clear();
  json.Parse<parse_flags>(line.data(), line.size());
  if (json.HasParseError())
    return base::error{base::error_code::malformed, std::string("not JSON: ") +
                                                        rapidjson::GetParseError_En(json.GetParseError()) +
                                                        " (column " + std::to_string(json.GetErrorOffset() + 1) + ")"};
  if (!json.IsObject())
    return base::error{base::error_code::malformed, "the line is JSON, but not an object {…}"};
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    cells_[i].reset();
    const auto* value = at_path(json, paths_[i]);
    if (value == nullptr)
      continue;
    if (is_plain(*value)) {
      cells_[i] = plain_text(*value);
    } else if (value->IsArray()) {
      if (auto text = joined(*value)) {
        texts_[i] = *std::move(text);
        cells_[i] = texts_[i];
      }
    }
  }
  return {};
}

} // namespace cxstream::sources
