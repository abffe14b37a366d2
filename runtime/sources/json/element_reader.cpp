#include "sources/json/element_reader.hpp"

#include "sources/json/text_stream.hpp"
#include "sources/text_marks.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace cxstream::sources {

namespace {

constexpr unsigned element_flags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag |
                                   rapidjson::kParseStopWhenDoneFlag | rapidjson::kParseIterativeFlag;
constexpr std::size_t cut_text_bytes = 1024;
constexpr std::size_t off_path = static_cast<std::size_t>(-1);

} // namespace

// Is told what RapidJSON reads of one value: nothing of it is kept but the text of a name.
class json_element_reader::value_handler {
public:
  explicit value_handler(json_text_stream& text) : text_(text) {
  }

  void begin() {
    text_.keep_from_here(json_token_bytes_max);
    is_cut_ = false;
  }
  bool is_cut() const {
    return is_cut_;
  }
  // What was read; of a value that is too long its beginning.
  std::string text() {
    next_token();
    return is_cut_ ? beginning_ : text_.kept();
  }
  std::string name;

  bool Null() {
    return next_token();
  }
  bool Bool(bool) {
    return next_token();
  }
  bool RawNumber(const char*, rapidjson::SizeType, bool) {
    return next_token();
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (wants_name)
      name.assign(text, size);
    return next_token();
  }
  // Numbers always come as RawNumber.
  bool Int(int) {
    return false;
  }
  bool Uint(unsigned) {
    return false;
  }
  bool Int64(std::int64_t) {
    return false;
  }
  bool Uint64(std::uint64_t) {
    return false;
  }
  bool Double(double) {
    return false;
  }
  bool StartObject() {
    return next_token();
  }
  bool Key(const char*, rapidjson::SizeType, bool) {
    return next_token();
  }
  bool EndObject(rapidjson::SizeType) {
    return next_token();
  }
  bool StartArray() {
    return next_token();
  }
  bool EndArray(rapidjson::SizeType) {
    return next_token();
  }

  bool wants_name = false;

private:
  // Of a value that is too long no more is kept.
  bool next_token() {
    if (!is_cut_ && text_.kept_bytes() <= json_record_bytes_max) {
      text_.extend(json_token_bytes_max);
      return true;
    }
    if (!is_cut_)
      beginning_ = text_.kept().substr(0, cut_text_bytes);
    is_cut_ = true;
    text_.keep_from_here(json_token_bytes_max);
    return true;
  }

  json_text_stream& text_;
  bool is_cut_ = false;
  std::string beginning_;
};

struct json_element_reader::reading {
  explicit reading(byte_input input) : text(std::move(input)), value(text) {
  }
  json_text_stream text;
  rapidjson::Reader reader;
  value_handler value;
};

json_element_reader::json_element_reader(byte_input input, path to_records)
    : steps_(std::move(to_records)), reading_(std::make_unique<reading>(std::move(input))) {
}

json_element_reader::~json_element_reader() = default;

const byte_input& json_element_reader::input() const {
  return reading_->text.input();
}

base::error json_element_reader::fault(const std::string& what) {
  auto& text = reading_->text;
  is_done_ = true;
  if (text.failure())
    return *text.failure();
  const auto at = text.here();
  auto why = what;
  if (text.is_too_long())
    why = "a text, a number or blanks longer than " + std::to_string(json_token_bytes_max >> 20u) + " MiB";
  else if (text.is_at_end())
    why += " The file ends here.";
  return {base::error_code::malformed,
          "not JSON: " + why + " (line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ")"};
}

void json_element_reader::skip_blanks() {
  auto& text = reading_->text;
  text.keep_from_here(json_token_bytes_max);
  while (blanks.find(text.Peek()) != std::string_view::npos)
    text.Take();
}

// One value, from here on; its text and place where it is a record.
base::result<void> json_element_reader::parse(json_element* record) {
  auto& [text, reader, value] = *reading_;
  const auto at = record == nullptr ? json_text_stream::place() : text.here();
  value.begin();
  if (const auto outcome = reader.Parse<element_flags>(text, value); outcome.IsError())
    return fault(rapidjson::GetParseError_En(outcome.Code()));
  if (record != nullptr)
    *record = {value.text(), value.is_cut(), at.line, at.column};
  return {};
}

base::result<bool> json_element_reader::next(json_element& out) {
  while (!is_done_) {
    const auto has_record = step(out);
    if (!has_record || *has_record)
      return has_record;
  }
  return false;
}

// One value or bracket; true when it was a record.
base::result<bool> json_element_reader::step(json_element& out) {
  auto& text = reading_->text;
  if (open_.empty() && !std::exchange(has_document_, true)) {
    skip_blanks();
    return take_value(0, out);
  }
  if (open_.empty())
    return after_document(out);
  auto& in = open_.back();
  const auto end = in.is_array ? ']' : '}';
  skip_blanks();
  if (text.Peek() == end) {
    text.Take();
    open_.pop_back();
    return false;
  }
  if (!std::exchange(in.is_empty, false)) {
    if (text.Peek() != ',')
      return fault(std::string("There is no comma or ") + end + " after a value.");
    text.Take();
    skip_blanks();
  }
  auto place = in.place;
  if (in.is_array)
    place = place > steps_.size() ? place : place < steps_.size() && !steps_[place] ? place + 1 : off_path;
  else if (const auto named = take_name(place); !named)
    return named.err();
  return take_value(place, out);
}

// The name of a member and its colon; `place` of the object becomes that of the member.
base::result<void> json_element_reader::take_name(std::size_t& place) {
  auto& [text, reader, value] = *reading_;
  if (text.Peek() != '"')
    return fault("There is no name of a member.");
  value.wants_name = true;
  const auto parsed = parse(nullptr);
  value.wants_name = false;
  if (!parsed)
    return parsed;
  skip_blanks();
  if (text.Peek() != ':')
    return fault("There is no colon after a name.");
  text.Take();
  skip_blanks();
  place = !steps_[place] || *steps_[place] == value.name ? place + 1 : off_path;
  return {};
}

base::result<bool> json_element_reader::take_value(std::size_t place, json_element& out) {
  auto& text = reading_->text;
  const auto first = text.Peek();
  const auto is_container = first == '[' || first == '{';
  const auto is_there = place != off_path && place >= steps_.size();
  has_arrived_ = has_arrived_ || is_there;
  const auto is_list = place == steps_.size() && first == '[' && splits_array();
  if (is_list || (!is_there && place != off_path && is_container)) {
    text.Take();
    open_.push_back({is_list ? place + 1 : place, first == '['});
    return false;
  }
  // A null that a path finds is no record, as for jq; an item that is null is one.
  const auto is_nothing = first == 'n' && place == steps_.size() && splits_array() && !steps_.empty();
  const auto is_record = is_there && !is_nothing;
  if (const auto parsed = parse(is_record ? &out : nullptr); !parsed)
    return parsed.err();
  return is_record;
}

// After a document there may be another one, on a line of its own.
base::result<bool> json_element_reader::after_document(json_element& out) {
  auto& text = reading_->text;
  const auto before = text.here().line;
  skip_blanks();
  if (!text.is_at_end()) {
    if (text.failure() || text.is_too_long() || text.here().line == before)
      return fault("There is something after the value.");
    return take_value(0, out);
  }
  is_done_ = true;
  if (!has_arrived_)
    return base::error{base::error_code::invalid_argument,
                       "'each' leads to nothing in the file; look at its names and at their order"};
  return false;
}

} // namespace cxstream::sources
