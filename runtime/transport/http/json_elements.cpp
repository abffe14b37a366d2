#include "transport/http/json_elements.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <string>

namespace cxstream::transport {
namespace {

using base::error_code;

constexpr std::string_view white_space = " \t\r\n";

// Notes where elements of the outermost array begin and end.
class element_finder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, element_finder> {
public:
  element_finder(std::string_view text, const rapidjson::MemoryStream& in, std::size_t most)
      : text_(text), in_(in), most_(most) {
  }
  // Every scalar.
  bool Default() {
    return ended(in_.Tell());
  }
  bool Key(const char*, rapidjson::SizeType, bool) {
    return true;
  }
  // The iterative parser calls these four while it stands on the bracket.
  bool StartObject() {
    ++depth_;
    return true;
  }
  bool StartArray() {
    if (depth_++ == 0) {
      array_ = true;
      last_ = in_.Tell() + 1;
    }
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    --depth_;
    return ended(in_.Tell() + 1);
  }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return ended(in_.Tell() + 1);
  }
  bool array() const {
    return array_;
  }
  std::vector<std::string_view> elements;

private:
  bool ended(std::size_t end) {
    if (!array_ || depth_ != 1)
      return true;
    if (elements.size() == most_)
      return false;
    const std::size_t begin = text_.find_first_not_of(" \t\r\n,", last_);
    elements.push_back(text_.substr(begin, end - begin));
    last_ = end;
    return true;
  }

  const std::string_view text_;
  const rapidjson::MemoryStream& in_;
  const std::size_t most_;
  std::size_t depth_ = 0;
  std::size_t last_ = 0;
  bool array_ = false;
};

template <class Handler>
base::result<void> parse(rapidjson::MemoryStream& in, std::size_t size, Handler& handler) {
  rapidjson::Reader reader;
  // Iterative: depth costs heap, not stack.
  const auto outcome =
      reader.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(in, handler);
  if (outcome.Code() == rapidjson::kParseErrorTermination)
    return base::error{error_code::resource_exhausted, "too many elements"};
  if (outcome.IsError())
    return base::error{error_code::malformed, "no JSON, at byte " + std::to_string(outcome.Offset()) + ": " +
                                                  rapidjson::GetParseError_En(outcome.Code())};
  if (in.Tell() < size) // RapidJSON takes a zero byte for the end
    return base::error{error_code::malformed, "no JSON, at byte " + std::to_string(in.Tell()) + ": a zero byte"};
  return {};
}

} // namespace

base::result<json_document> json_elements(std::string_view text, std::size_t elements_max) {
  rapidjson::MemoryStream in(text.data(), text.size());
  element_finder finder(text, in, elements_max);
  if (auto parsed = parse(in, text.size(), finder); !parsed)
    return parsed.err();
  if (finder.array())
    return json_document{true, std::move(finder.elements)};
  const auto begin = text.find_first_not_of(white_space);
  return json_document{false, {text.substr(begin, text.find_last_not_of(white_space) + 1 - begin)}};
}

base::result<void> check_json(std::string_view text) {
  rapidjson::MemoryStream in(text.data(), text.size());
  rapidjson::BaseReaderHandler<> ignores;
  return parse(in, text.size(), ignores);
}

bool is_json_object(std::string_view text) {
  const auto begin = text.find_first_not_of(white_space);
  return begin != std::string_view::npos && text[begin] == '{';
}

} // namespace cxstream::transport
