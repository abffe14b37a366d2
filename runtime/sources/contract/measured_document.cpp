#include "sources/contract/measured_document.hpp"

#include "sources/text_marks.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>

namespace cxstream::sources {

namespace {

constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                           rapidjson::kParseFullPrecisionFlag | rapidjson::kParseStopWhenDoneFlag;
constexpr std::size_t values_max = 20'000;
constexpr std::size_t elements_max = 1'000; // of one list

// Hands everything on to the document, and stops what is nested too deep.
class measuring {
public:
  explicit measuring(measured_document& into) : into_(into) {
  }
  // RapidJSON asks for these names.
  bool Null() {
    return into_.value.Null();
  }
  bool Bool(bool b) {
    return into_.value.Bool(b);
  }
  bool Int(int i) {
    return into_.value.Int(i);
  }
  bool Uint(unsigned u) {
    return into_.value.Uint(u);
  }
  bool Int64(std::int64_t i) {
    return into_.value.Int64(i);
  }
  bool Uint64(std::uint64_t u) {
    return into_.value.Uint64(u);
  }
  bool Double(double d) {
    return into_.value.Double(d);
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool copy) {
    return into_.value.RawNumber(text, size, copy);
  }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    into_.longest_text = std::max<std::size_t>(into_.longest_text, size);
    return into_.value.String(text, size, copy);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    into_.longest_text = std::max<std::size_t>(into_.longest_text, size);
    return into_.value.Key(text, size, copy);
  }
  bool StartObject() {
    return deeper() && into_.value.StartObject();
  }
  bool EndObject(rapidjson::SizeType members) {
    --depth_;
    return into_.value.EndObject(members);
  }
  bool StartArray() {
    return deeper() && into_.value.StartArray();
  }
  bool EndArray(rapidjson::SizeType elements) {
    --depth_;
    into_.longest_list = std::max<std::size_t>(into_.longest_list, elements);
    return into_.value.EndArray(elements);
  }
  bool too_deep() const {
    return depth_ > measured_document::depth_max;
  }

private:
  bool deeper() {
    return ++depth_ <= measured_document::depth_max;
  }
  measured_document& into_;
  std::size_t depth_ = 0;
};

void observe_below(const rapidjson::Value& value, std::size_t me, std::size_t depth, observed_document& out);

void observe_one(const rapidjson::Value& value, std::string_view key, std::size_t within, std::size_t depth,
                 observed_document& out) {
  using protocols::value_kind;
  if (out.values.size() >= values_max) {
    out.whole = false;
    return;
  }
  protocols::observation seen{within, key, value_kind::null, {}};
  if (value.IsString()) {
    seen.kind = value_kind::text;
    seen.text = {value.GetString(), value.GetStringLength()};
  } else if (!value.IsNull()) {
    seen.kind = value.IsBool()     ? value_kind::boolean
                : value.IsNumber() ? value_kind::number
                : value.IsObject() ? value_kind::object
                                   : value_kind::list;
  }
  const auto me = out.values.size();
  out.values.push_back(seen);
  if (depth < protocols::schema_bounds::depth)
    observe_below(value, me, depth + 1, out);
}

void observe_below(const rapidjson::Value& value, std::size_t me, std::size_t depth, observed_document& out) {
  if (value.IsObject()) {
    for (const auto& member : value.GetObject())
      observe_one(member.value, {member.name.GetString(), member.name.GetStringLength()}, me, depth, out);
  } else if (value.IsArray()) {
    const auto elements = std::min<std::size_t>(value.Size(), elements_max);
    out.whole = out.whole && elements == value.Size();
    for (std::size_t i = 0; i < elements; ++i)
      observe_one(value[static_cast<rapidjson::SizeType>(i)], {}, me, depth, out);
  }
}

} // namespace

std::optional<parsed_payload> parse_json(std::string_view body) {
  if (body.starts_with(byte_order_mark))
    body.remove_prefix(byte_order_mark.size());
  parsed_payload out;
  rapidjson::MemoryStream in(body.data(), body.size());
  do {
    auto document = std::make_unique<measured_document>();
    measuring handler(*document);
    rapidjson::Reader reader;
    bool parsed = false;
    const auto feed = [&](rapidjson::Document&) {
      parsed = static_cast<bool>(reader.Parse<flags>(in, handler));
      return parsed;
    };
    document->value.Populate(feed);
    if (handler.too_deep()) {
      out.too_deep = true;
      return out;
    }
    if (!parsed)
      return std::nullopt;
    out.documents.push_back(std::move(document));
    rapidjson::SkipWhitespace(in);
  } while (in.Tell() < body.size());
  return out;
}

observed_document observe(const rapidjson::Value& value) {
  observed_document out;
  observe_one(value, {}, 0, 0, out);
  return out;
}

} // namespace cxstream::sources
