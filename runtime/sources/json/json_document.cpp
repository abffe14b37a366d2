#include "sources/json/json_document.hpp"

#include "sources/text_marks.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <vector>

namespace cxstream::sources {

namespace {

constexpr unsigned parse_flags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;

base::error fault(std::string_view text, std::size_t offset, const std::string& what) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto column = before.size() - (before.rfind('\n') + 1) + 1; // npos + 1 is 0
  return {base::error_code::malformed,
          "not JSON: " + what + " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")"};
}

} // namespace

// Gathers what the reader finds: finished cells on one stack, names that wait for their value on another.
class json_document::builder {
public:
  explicit builder(cell_arena& arena) : arena_(arena) {
  }

  void clear() {
    cells_.clear();
    names_.clear();
    in_object_.clear();
  }
  bool is_too_deep() const {
    return in_object_.size() > json_depth_max;
  }
  cell take_root() const {
    return cells_.front();
  }

  bool Null() {
    return add({cell_kind::null, 0, nullptr, {}, {}});
  }
  bool Bool(bool flag) {
    return add({cell_kind::boolean, 0, nullptr, flag ? "true" : "false", {}});
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    return add({cell_kind::number, 0, nullptr, arena_.keep({text, size}), {}});
  }
  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    return add(text_cell(arena_.keep({text, size})));
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
    in_object_.push_back(true);
    return !is_too_deep();
  }
  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    names_.push_back(arena_.keep({text, size}));
    return true;
  }
  bool EndObject(rapidjson::SizeType members) {
    return close(cell_kind::object, members);
  }
  bool StartArray() {
    in_object_.push_back(false);
    return !is_too_deep();
  }
  bool EndArray(rapidjson::SizeType elements) {
    return close(cell_kind::list, elements);
  }

private:
  bool add(cell value) {
    if (!in_object_.empty() && in_object_.back()) {
      value.name = names_.back();
      names_.pop_back();
    }
    cells_.push_back(value);
    return true;
  }
  bool close(cell_kind kind, std::size_t items) {
    const auto whole = arena_.keep(kind, std::span<const cell>(cells_).last(items));
    cells_.resize(cells_.size() - items);
    in_object_.pop_back();
    return add(whole);
  }

  cell_arena& arena_;
  std::vector<cell> cells_;
  std::vector<std::string_view> names_;
  std::vector<bool> in_object_; // of each container that is open
};

json_document::json_document() : builder_(std::make_unique<builder>(arena_)) {
}

json_document::~json_document() = default;

base::result<void> json_document::parse(std::string_view text) {
  root_ = {cell_kind::null, 0, nullptr, {}, {}};
  arena_.clear();
  builder_->clear();
  const auto skipped = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  rapidjson::MemoryStream in(text.data() + skipped, text.size() - skipped);
  rapidjson::Reader reader;
  const auto outcome = reader.Parse<parse_flags>(in, *builder_);
  if (builder_->is_too_deep())
    return fault(text, skipped + outcome.Offset(),
                 "it is nested deeper than " + std::to_string(json_depth_max) + " levels");
  if (outcome.IsError())
    return fault(text, skipped + outcome.Offset(), rapidjson::GetParseError_En(outcome.Code()));
  if (skipped + in.Tell() != text.size()) // the reader takes a NUL for the end
    return fault(text, skipped + in.Tell(), "there is a NUL after the value");
  root_ = builder_->take_root();
  return {};
}

namespace {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(json_writer& json, const cell& tree) {
  const auto size = static_cast<rapidjson::SizeType>(tree.text.size());
  switch (tree.kind) {
    case cell_kind::text:
      json.String(tree.text.data() == nullptr ? "" : tree.text.data(), size);
      break;
    case cell_kind::number:
      json.RawValue(tree.text.data(), tree.text.size(), rapidjson::kNumberType);
      break;
    case cell_kind::boolean:
      json.Bool(tree.text == "true");
      break;
    case cell_kind::list:
    case cell_kind::several:
      json.StartArray();
      for (const auto& item : tree.items())
        write(json, item);
      json.EndArray();
      break;
    case cell_kind::object:
      json.StartObject();
      for (const auto& item : tree.items()) {
        json.Key(item.name.data() == nullptr ? "" : item.name.data(),
                 static_cast<rapidjson::SizeType>(item.name.size()));
        write(json, item);
      }
      json.EndObject();
      break;
    default:
      json.Null();
  }
}

} // namespace

std::string to_json(const cell& tree) {
  rapidjson::StringBuffer buffer;
  json_writer json(buffer);
  write(json, tree);
  return {buffer.GetString(), buffer.GetSize()};
}

void add_content(digester& digest, const cell& tree) {
  digest.add_number(static_cast<std::uint64_t>(tree.kind));
  digest.add(tree.text);
  digest.add_number(tree.size);
  for (const auto& item : tree.items()) {
    digest.add(item.name);
    add_content(digest, item);
  }
}

} // namespace cxstream::sources
