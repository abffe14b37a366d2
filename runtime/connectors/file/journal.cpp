#include "connectors/file/journal.hpp"

#include "base/hash.hpp"
#include "connectors/encoding/json_text.hpp"

#include <charconv>
#include <optional>
#include <rapidjson/document.h>

namespace cxstream::connectors {

namespace {

constexpr std::size_t hash_digits = 32;

std::string hash_of(std::string_view text) {
  return base::to_hex(base::xxh3_128(text));
}

// Members that fail to be what they should make the whole record damaged.
struct damaged {};

std::uint64_t uint_of(const rapidjson::Value& value) {
  if (!value.IsUint64())
    throw damaged{};
  return value.GetUint64();
}

const rapidjson::Value& member(const rapidjson::Value& object, const char* name) {
  if (!object.IsObject() || !object.HasMember(name))
    throw damaged{};
  return object[name];
}

auto elements(const rapidjson::Value& value) {
  if (!value.IsArray())
    throw damaged{};
  return value.GetArray();
}

std::set<base::log_offset> offsets_of(const rapidjson::Value& object, const char* name) {
  std::set<base::log_offset> out;
  for (const auto& range : elements(member(object, name))) {
    const auto part = elements(range);
    if (part.Size() != 2)
      throw damaged{};
    for (auto o = uint_of(part[0]); o < uint_of(part[1]); ++o)
      out.insert(base::log_offset{o});
  }
  return out;
}

std::vector<written_range> covered_of(const rapidjson::Value& object) {
  std::vector<written_range> out;
  for (const auto& range : elements(member(object, "covered"))) {
    const auto part = elements(range);
    if (part.Size() != 3)
      throw damaged{};
    out.push_back({base::log_offset{uint_of(part[0])}, base::log_offset{uint_of(part[1])}, uint_of(part[2])});
  }
  return out;
}

base::partition_id partition_of(const rapidjson::Value& name) {
  std::uint16_t id = 0;
  const auto* end = name.GetString() + name.GetStringLength();
  if (std::from_chars(name.GetString(), end, id).ptr != end)
    throw damaged{};
  return base::partition_id{id};
}

void apply_record(std::string_view line, std::uint64_t disorder_max, replayed_journal& out) {
  if (line.size() <= hash_digits + 1 || line[hash_digits] != ' ')
    throw damaged{};
  const auto text = line.substr(hash_digits + 1);
  if (line.substr(0, hash_digits) != hash_of(text))
    throw damaged{};
  rapidjson::Document json;
  json.Parse(text.data(), text.size());
  if (json.HasParseError())
    throw damaged{};
  out.end = {uint_of(member(json, "segment")), uint_of(member(json, "length"))};
  const auto& partitions = member(json, "partitions");
  for (const auto& [name, value] : partitions.GetObject()) {
    const auto partition = partition_of(name);
    if (value.IsObject() && value.HasMember("covered"))
      out.partitions.insert_or_assign(partition,
                                      written_offsets(disorder_max, covered_of(value), offsets_of(value, "refused")));
    else
      apply({{partition, {offsets_of(value, "refused"), offsets_of(value, "written")}}}, disorder_max, out.partitions);
  }
}

// [[from, to), …] of neighbouring offsets.
void write_ranges(json_writer& json, const char* name, const std::set<base::log_offset>& offsets) {
  json.Key(name);
  json.StartArray();
  for (auto it = offsets.begin(); it != offsets.end();) {
    json.StartArray();
    json.Uint64(it->value);
    auto to = it->value;
    while (it != offsets.end() && it->value == to) {
      ++it;
      ++to;
    }
    json.Uint64(to);
    json.EndArray();
  }
  json.EndArray();
}

template <class Partitions, class Write>
std::string encode(const segment_end& end, const Partitions& partitions, Write write) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  json.Key("segment");
  json.Uint64(end.segment);
  json.Key("length");
  json.Uint64(end.length);
  json.Key("partitions");
  json.StartObject();
  for (const auto& [partition, value] : partitions) {
    key(json, std::to_string(partition.value));
    json.StartObject();
    write(json, value);
    json.EndObject();
  }
  json.EndObject();
  json.EndObject();
  return hash_of(view(out)).append(" ").append(view(out)).append("\n");
}

} // namespace

std::string encode_changes(const segment_end& end, const partition_changes& changes) {
  return encode(end, changes, [](json_writer& json, const partition_change& change) {
    write_ranges(json, "refused", change.refused);
    write_ranges(json, "written", change.written);
  });
}

std::string encode_state(const segment_end& end, const partition_offsets& partitions) {
  return encode(end, partitions, [](json_writer& json, const written_offsets& offsets) {
    json.Key("covered");
    json.StartArray();
    for (const auto& range : offsets.ranges()) {
      json.StartArray();
      json.Uint64(range.from.value);
      json.Uint64(range.to.value);
      json.Uint64(range.gap_age);
      json.EndArray();
    }
    json.EndArray();
    write_ranges(json, "refused", offsets.refused());
  });
}

base::result<replayed_journal> replay(std::string_view journal, std::uint64_t disorder_max) {
  replayed_journal out;
  while (out.good_bytes < journal.size()) {
    const auto rest = journal.substr(out.good_bytes);
    const auto end = rest.find('\n');
    if (end == std::string_view::npos)
      break;
    try {
      apply_record(rest.substr(0, end), disorder_max, out);
    } catch (damaged) {
      if (end + 1 == rest.size())
        break;
      return base::error{base::error_code::corrupt,
                         "the position journal is damaged at byte " + std::to_string(out.good_bytes)};
    }
    out.good_bytes += end + 1;
  }
  return out;
}

} // namespace cxstream::connectors
