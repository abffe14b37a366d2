// What one payload of a source shows, whatever its format: which places it has, with which types and texts. Pure;
// values owned by who made them.
//
// Places have readable paths: "ticket.tags[].name", keys that are no plain words in quotes, all elements of a list in
// one place. An object whose keys look like ids (a dictionary, not a record) has one place "*" for all of them: no
// bound on what a source may call its keys, but one on what is remembered of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace cxstream::protocols {

enum class value_kind : std::uint8_t { null, boolean, number, text, object, list };
inline constexpr std::size_t value_kinds = 6;
inline constexpr std::array<std::string_view, value_kinds> kind_names{"null", "boolean", "number",
                                                                      "text", "object",  "list"};

// One value of a payload. A payload is a list of them, each after the one it lies in; the first is the whole.
struct observation {
  std::size_t within = 0; // index of the object or list it lies in
  std::string_view key;   // in an object
  value_kind kind = value_kind::null;
  std::string_view text; // of a text
};

struct schema_bounds {
  static constexpr std::size_t places = 2'000;
  static constexpr std::size_t depth = 16;
  static constexpr std::size_t key_bytes = 128;
  static constexpr std::size_t object_keys = 64; // beyond it they may be ids
  static constexpr std::size_t value_bytes = 64;
  static constexpr std::size_t values = 32; // of a vocabulary
};

// What is known of a place from earlier payloads.
struct known_place {
  std::string parent;
  std::array<std::uint64_t, value_kinds> kinds{}; // payloads that had it so
  std::uint64_t present = 0;                      // payloads that had it, since counted_from
  std::uint64_t counted_from = 0;                 // number of a payload, from 1
  std::uint64_t last_payload = 0;
  std::int64_t first_seen_us = 0;
  std::int64_t last_seen_us = 0;
  std::map<std::string, std::uint64_t> values = {}; // vocabulary: payloads by text
  bool free_text = false;
  bool gone = false;         // went missing, and that is known
  bool keys_are_ids = false; // its only child is "*"
  std::size_t children = 0;  // by key; not stored
};
using known_places = std::map<std::string, known_place, std::less<>>;

// What this payload has at one place.
struct fact {
  std::string parent;
  unsigned kinds = 0;               // bits, 1 << value_kind
  std::set<std::string> texts = {}; // at most `values` + 1
  bool long_text = false;           // one was too long, or they were too many
  bool keys_are_ids = false;        // its keys are counted as one from this payload on, or were before
};
using facts = std::map<std::string, fact, std::less<>>;

// Values deeper than `depth` are left out.
facts gather(std::span<const observation> payload, const known_places& known);

// Path of the one place that stands for all keys of an object.
std::string ids_below(std::string_view path);

// Makes the children of `path` one, with all that lies below them, and counts children anew.
void count_keys_as_one(known_places& places, const std::string& path);
void count_children(known_places& places);

} // namespace cxstream::protocols
