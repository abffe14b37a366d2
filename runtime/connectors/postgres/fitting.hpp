// What of an event PostgreSQL cannot hold: NUL characters in text, texts too long for an index, whole numbers beyond a
// bigint, metrics that are no number in JSON. Pure.
//
// Such a value is taken out of the event and noted, and the event is written without it: never is a batch refused for
// one value. An event that cannot be told without the value (its ticket, key, type or source) is unfit.
#pragma once

#include "cxstream/v1/event.pb.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors::postgres {

// Bytes a text may have that is looked up by an index: a third of a page, less what belongs to the index itself.
constexpr std::size_t indexed_bytes_max = 2'600;
constexpr std::size_t noted_bytes_max = 1'000;

// A value that was taken out.
struct discard {
  std::string column;
  std::string value; // as text that PostgreSQL holds, cut to noted_bytes_max
  std::string reason;
};

// Takes out of `event` what does not fit and appends it to `discards`. What makes the event unfit, for people.
std::optional<std::string> make_fit(v1::CanonicalEvent& event, std::vector<discard>& discards);

// Whether a version is one that a bigint column holds.
bool version_fits(const v1::CanonicalEvent& event);

// Any text as one that PostgreSQL holds: NUL characters as U+FFFD, cut at a character's border.
std::string holdable(std::string_view text, std::size_t bytes_max);

} // namespace cxstream::connectors::postgres
