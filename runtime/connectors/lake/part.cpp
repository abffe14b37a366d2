#include "connectors/lake/part.hpp"

#include "connectors/encoding/json_text.hpp"
#include "security/crypto/digest.hpp"
#include "security/crypto/encoding.hpp"

#include <rapidjson/document.h>
#include <zstd.h>

#include <algorithm>
#include <map>

namespace cxstream::connectors {

namespace {

constexpr int zstd_level = 3;

struct offset_range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// What a manifest tells of the rows.
struct row_facts {
  std::uint64_t rows = 0;
  std::string first_occurred_at;
  std::string last_occurred_at;
  std::map<std::uint64_t, offset_range> partitions;
};

std::string_view text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

const rapidjson::Value* member(const rapidjson::Value& object, std::string_view name) {
  if (!object.IsObject())
    return nullptr;
  const auto it = object.FindMember(
      rapidjson::Value(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
  return it == object.MemberEnd() ? nullptr : &it->value;
}

// "sentiment.label" is the member label of the member sentiment, as json_event writes it.
const rapidjson::Value* column_in(const rapidjson::Value& row, std::string_view name) {
  if (const auto* whole = member(row, name))
    return whole;
  const auto dot = name.find('.');
  if (dot == name.npos)
    return nullptr;
  const auto* parent = member(row, name.substr(0, dot));
  return parent == nullptr ? nullptr : member(*parent, name.substr(dot + 1));
}

// RFC 4180: quoted where it must be.
void append_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"')
      out += '"';
    out += c;
  }
  out += '"';
}

// Lists and objects as JSON; an absent value is an empty cell.
void append_value(std::string& out, const rapidjson::Value* value) {
  if (value == nullptr || value->IsNull())
    return;
  if (value->IsString()) {
    append_cell(out, text_of(*value));
    return;
  }
  json_buffer json;
  json_writer writer(json);
  value->Accept(writer);
  append_cell(out, view(json));
}

void note(const rapidjson::Value& row, row_facts& facts) {
  ++facts.rows;
  if (const auto* at = member(row, "occurred_at"); at != nullptr && at->IsString()) {
    const std::string text(text_of(*at));
    if (facts.first_occurred_at.empty() || text < facts.first_occurred_at)
      facts.first_occurred_at = text;
    facts.last_occurred_at = std::max(facts.last_occurred_at, text);
  }
  const auto* partition = member(row, "partition");
  const auto* offset = member(row, "offset");
  if (partition == nullptr || offset == nullptr || !partition->IsUint64() || !offset->IsUint64())
    return;
  const auto o = offset->GetUint64();
  auto& range = facts.partitions.try_emplace(partition->GetUint64(), offset_range{o, o}).first->second;
  range.first = std::min(range.first, o);
  range.last = std::max(range.last, o);
}

base::result<std::string> compressed(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), zstd_level);
  if (ZSTD_isError(size) != 0)
    return base::error{base::error_code::internal, std::string("zstd: ") + ZSTD_getErrorName(size)};
  out.resize(size);
  return out;
}

std::string manifest_of(const row_facts& facts, const part_shape& shape, std::string_view file, std::string_view bytes,
                        std::size_t uncompressed_bytes) {
  json_buffer out;
  json_writer json(out);
  const auto put = [&](std::string_view name, std::string_view value) {
    key(json, name);
    text(json, value);
  };
  const auto put_number = [&](std::string_view name, std::uint64_t value) {
    key(json, name);
    json.Uint64(value);
  };
  json.StartObject();
  put("file", file);
  put("format", shape.format == part_format::csv ? "csv" : "ndjson");
  put("compression", shape.compression == part_compression::zstd ? "zstd" : "none");
  put_number("rows", facts.rows);
  put_number("bytes", bytes.size());
  put_number("uncompressed_bytes", uncompressed_bytes);
  put("sha256", security::encode(security::text_encoding::hex, security::sha256(bytes)));
  if (!facts.first_occurred_at.empty()) {
    put("first_occurred_at", facts.first_occurred_at);
    put("last_occurred_at", facts.last_occurred_at);
  }
  key(json, "partitions");
  json.StartArray();
  for (const auto& [partition, range] : facts.partitions) {
    json.StartObject();
    put_number("partition", partition);
    put_number("first_offset", range.first);
    put_number("last_offset", range.last);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return std::string(view(out)) + "\n";
}

std::string header_of(const part_shape& shape) {
  std::string out;
  for (const auto& column : shape.columns) {
    if (&column != shape.columns.data())
      out += ',';
    append_cell(out, column);
  }
  return out + "\n";
}

} // namespace

std::string part_shape::extension() const {
  return std::string(format == part_format::csv ? ".csv" : ".ndjson") +
         (compression == part_compression::zstd ? ".zst" : "");
}

std::string part_shape::content_type() const {
  if (compression == part_compression::zstd)
    return "application/zstd";
  return format == part_format::csv ? "text/csv" : "application/x-ndjson";
}

base::result<lake_part> part_of(std::string_view ndjson, const part_shape& shape, std::string_view file) {
  row_facts facts;
  std::string csv = shape.format == part_format::csv ? header_of(shape) : std::string();
  for (auto left = ndjson; !left.empty();) {
    const auto end = std::min(left.find('\n'), left.size());
    const auto line = left.substr(0, end);
    left = left.substr(std::min(end + 1, left.size()));
    rapidjson::Document row;
    if (row.Parse(line.data(), line.size()).HasParseError() || !row.IsObject())
      return base::error{base::error_code::corrupt, "row " + std::to_string(facts.rows + 1) + " is no JSON object"};
    if (const auto* event = shape.enveloped ? member(row, "data") : &row)
      note(*event, facts);
    else
      return base::error{base::error_code::corrupt, "row " + std::to_string(facts.rows + 1) + " has no data"};
    if (shape.format != part_format::csv)
      continue;
    for (const auto& column : shape.columns) {
      if (&column != shape.columns.data())
        csv += ',';
      append_value(csv, column_in(row, column));
    }
    csv += '\n';
  }
  const auto plain = shape.format == part_format::csv ? std::string_view(csv) : ndjson;
  lake_part out;
  if (shape.compression == part_compression::zstd) {
    auto packed = compressed(plain);
    if (!packed)
      return packed.err();
    out.bytes = std::move(*packed);
  } else {
    out.bytes = plain;
  }
  out.manifest = manifest_of(facts, shape, file, out.bytes, plain.size());
  return out;
}

} // namespace cxstream::connectors
