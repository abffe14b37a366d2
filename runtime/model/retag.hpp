// What a new version of the taxonomy changes about an event of the past, and the event that says so. Pure; owned by one
// thread.
//
// Invariants:
//  1. The past stays as it is: a change is a new event (ticket.retagged) of the same ticket and revision. By its later
//     place it goes before the event it is about, and by its revision behind every newer one (promise P4).
//  2. What a source said of canonical_tag and driver is never changed: only what a taxonomy gave, or would have given.
//  3. The new event follows from the old event and the version alone, its idempotency_key too: telling it again is a
//     repeat (promise P2).
//  4. Of events that have the same revision the last one holds, also after retagging: when one of them was retagged,
//  those
//     after it are told again. Remembered for the last revisions_remembered retagged revisions.
#pragma once

#include "model/taxonomy.hpp"

#include "cxstream/v1/event.pb.h"

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>

namespace cxstream::model {

inline constexpr std::string_view retag_event_type = "ticket.retagged";
inline constexpr std::string_view retag_source_system = "cxstream";

bool is_retag(const v1::CanonicalEvent& event);

struct tag_and_driver {
  std::optional<std::string> canonical_tag;
  std::optional<std::string> driver;
  auto operator<=>(const tag_and_driver&) const = default;
};

enum class retag_verdict {
  unchanged,     // the new version gives the same, or it is the source's own
  changed,       // a new event says so
  of_this_run,   // an event that this version has made
  no_taxonomy,   // no taxonomy was in force when it came
  unknown_rules, // the old version is not known, so that nobody can tell the source's tag from the taxonomy's
};

struct retag_decision {
  retag_verdict verdict = retag_verdict::unchanged;
  tag_and_driver before;
  tag_and_driver after;
  std::optional<v1::CanonicalEvent> event; // what is to be published; also of an unchanged event, by invariant 4
};

struct retag_options {
  // Events of versions that are not known: what they have counts as the taxonomy's where they have raw tags.
  enum class unknown_version { leave, take_as_given } unknown = unknown_version::leave;
  // Events from before there was a taxonomy: fills in what is absent.
  enum class before_taxonomy { leave, fill_in } before = before_taxonomy::leave;
};

class retagger {
public:
  static constexpr std::size_t revisions_remembered = 1'000'000;

  // `known` are the versions that gave the tags of the past.
  retagger(taxonomy next, std::span<const taxonomy> known, retag_options options);

  // Events of one ticket must come in the order of its history.
  retag_decision decide(const v1::CanonicalEvent& event);

private:
  // Which of the two fields are the taxonomy's to change; nothing when that is unknown.
  struct ownership {
    bool tag = false;
    bool driver = false;
  };
  std::optional<ownership> owned_by_taxonomy(const v1::CanonicalEvent& event, const std::string& version) const;
  tag_and_driver after(const v1::CanonicalEvent& event, const tag_and_driver& before, ownership owned) const;
  v1::CanonicalEvent retagged(const v1::CanonicalEvent& event, const tag_and_driver& to, ownership owned) const;
  bool was_retagged(std::uint64_t revision) const {
    return retagged_.contains(revision);
  }
  void remember(std::uint64_t revision);

  taxonomy next_;
  std::map<std::string, taxonomy> known_; // by version
  retag_options options_;
  std::unordered_set<std::uint64_t> retagged_; // hashes of ticket and revision
  std::deque<std::uint64_t> retagged_order_;
};

} // namespace cxstream::model
