#include "protocols/payload_facts.hpp"

#include <algorithm>
#include <vector>

namespace cxstream::protocols {

namespace {

bool is_plain(std::string_view key) {
  return !key.empty() && key != "*" && std::all_of(key.begin(), key.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > ' ' && byte != 0x7f && c != '.' && c != '[' && c != ']' && c != '"' && c != '\\';
  });
}

// Cut between characters, not within one.
std::string_view cut(std::string_view key) {
  if (key.size() <= schema_bounds::key_bytes)
    return key;
  std::size_t end = schema_bounds::key_bytes;
  while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xc0u) == 0x80u)
    --end;
  return key.substr(0, end);
}

std::string below(std::string_view path, std::string_view whole_key) {
  const auto key = cut(whole_key);
  std::string out(path);
  if (!out.empty())
    out += '.';
  if (is_plain(key))
    return out += key;
  out += '"';
  for (const char c : key) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out += '"';
}

// Numbers, UUIDs, hashes, addresses.
bool looks_like_an_id(std::string_view key) {
  const auto digits = std::count_if(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
  return (digits > 0 && 3 * static_cast<std::size_t>(digits) >= key.size()) || key.find('@') != std::string_view::npos;
}

bool is_element(std::string_view path) {
  return path.ends_with("[]");
}

class gathering {
public:
  gathering(std::span<const observation> payload, const known_places& known)
      : payload_(payload), known_(known), places_(payload.size()), keys_(payload.size()) {
    for (std::size_t i = 1; i < payload.size(); ++i)
      ++keys_[payload[i].within];
  }

  facts run() {
    for (std::size_t i = 0; i < payload_.size(); ++i)
      add(i);
    return std::move(facts_);
  }

private:
  struct place {
    const std::string* path = nullptr; // null: left out
    fact* what = nullptr;
    std::size_t depth = 0;
  };

  void add(std::size_t i) {
    const auto& seen = payload_[i];
    std::string path;
    std::string parent;
    if (i > 0) {
      const auto& in = places_[seen.within];
      if (in.path == nullptr || in.depth + 1 > schema_bounds::depth)
        return;
      parent = *in.path;
      if (payload_[seen.within].kind == value_kind::list)
        path = parent + "[]";
      else
        path = in.what->keys_are_ids ? ids_below(parent) : below(parent, seen.key);
      places_[i].depth = in.depth + 1;
    }
    const auto [at, fresh] = facts_.try_emplace(std::move(path));
    if (fresh)
      at->second.parent = std::move(parent);
    places_[i].path = &at->first;
    places_[i].what = &at->second;
    take(seen, at->second);
    if (seen.kind == value_kind::object && !at->second.keys_are_ids)
      at->second.keys_are_ids = has_ids_for_keys(i, at->first);
  }

  static void take(const observation& seen, fact& into) {
    into.kinds |= 1u << static_cast<unsigned>(seen.kind);
    if (seen.kind != value_kind::text)
      return;
    if (seen.text.size() > schema_bounds::value_bytes || into.texts.size() > schema_bounds::values)
      into.long_text = true;
    else
      into.texts.emplace(seen.text);
  }

  // A record may be wide, but then one payload shows most of it. A dictionary has other keys each time.
  bool has_ids_for_keys(std::size_t object, const std::string& path) const {
    const auto found = known_.find(path);
    if (found != known_.end() && found->second.keys_are_ids)
      return true;
    const auto known = found == known_.end() ? 0 : found->second.children;
    const auto keys = keys_[object];
    if (known + keys <= schema_bounds::object_keys)
      return false;
    std::size_t fresh = 0;
    std::size_t ids = 0;
    for (std::size_t i = object + 1; i < payload_.size(); ++i) {
      if (payload_[i].within != object)
        continue;
      fresh += known_.contains(below(path, payload_[i].key)) ? 0 : 1;
      ids += looks_like_an_id(payload_[i].key) ? 1 : 0;
    }
    const auto all = known + fresh;
    constexpr std::size_t widest_record = 512;
    return all > schema_bounds::object_keys && (2 * ids > keys || all > 2 * keys || all > widest_record);
  }

  std::span<const observation> payload_;
  const known_places& known_;
  std::vector<place> places_;
  std::vector<std::size_t> keys_;
  facts facts_;
};

void merge(known_place& into, known_place&& from) {
  for (std::size_t k = 0; k < value_kinds; ++k)
    into.kinds[k] += from.kinds[k];
  into.present = std::max(into.present, from.present);
  into.counted_from = into.counted_from == 0 ? from.counted_from : std::min(into.counted_from, from.counted_from);
  into.last_payload = std::max(into.last_payload, from.last_payload);
  into.first_seen_us = into.first_seen_us == 0 ? from.first_seen_us : std::min(into.first_seen_us, from.first_seen_us);
  into.last_seen_us = std::max(into.last_seen_us, from.last_seen_us);
  for (const auto& [text, payloads] : from.values)
    into.values[text] += payloads;
  into.free_text = into.free_text || from.free_text || into.values.size() > schema_bounds::values;
  if (into.free_text)
    into.values.clear();
  into.keys_are_ids = into.keys_are_ids || from.keys_are_ids;
}

} // namespace

facts gather(std::span<const observation> payload, const known_places& known) {
  return gathering(payload, known).run();
}

std::string ids_below(std::string_view path) {
  return std::string(path) + (path.empty() ? "*" : ".*");
}

void count_keys_as_one(known_places& places, const std::string& path) {
  // The child of `path` that this place is, or lies under; empty for others.
  const auto child_above = [&](const std::string& of) -> std::string {
    std::string at = of;
    while (!at.empty()) {
      const auto found = places.find(at);
      if (found == places.end())
        return {};
      if (found->second.parent == path)
        return at == path + "[]" ? std::string() : at;
      at = found->second.parent;
    }
    return {};
  };
  const auto one = ids_below(path);
  std::vector<std::pair<std::string, std::string>> moves; // from, child
  for (const auto& [at, place] : places)
    if (auto child = child_above(at); !child.empty())
      moves.emplace_back(at, std::move(child));
  known_places moved;
  for (const auto& [from, child] : moves) {
    auto node = places.extract(from);
    auto& place = node.mapped();
    if (place.parent != path)
      place.parent = one + place.parent.substr(child.size());
    const auto [into, fresh] = moved.try_emplace(one + from.substr(child.size()));
    if (fresh)
      into->second.parent = place.parent;
    merge(into->second, std::move(place));
  }
  places.merge(moved);
  places[path].keys_are_ids = true;
  count_children(places);
}

void count_children(known_places& places) {
  for (auto& [path, place] : places)
    place.children = 0;
  for (auto& [path, place] : places)
    if (const auto above = places.find(place.parent); above != places.end() && !path.empty() && !is_element(path))
      ++above->second.children;
}

} // namespace cxstream::protocols
