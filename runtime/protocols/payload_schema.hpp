// payload_schema: what one source's payloads look like, learned from them, and how they change. Pure: the time comes as
// an argument; one owner, who feeds payloads in the order they came.
//
// The first payloads (policy.learn) are learned without a word. From then on what differs is a change: a new field,
// another type, a value that is new to a small vocabulary, a field that went missing; and from the volume
// (payload_volume.hpp) an hour that brought far fewer or far more. A change of a kind that the policy holds makes its
// payload refused, and nothing is learned from it, until accept(); any other is noted, and known from then on.
//
// Invariants:
//  1. A change is noted once: what is known, or held already, is no change.
//  2. A refused payload changes nothing of what is known.
//  3. Memory is bounded whatever the payloads are: places, depth, vocabularies, changes kept (schema_bounds and below).
//  4. The same payloads at the same times give the same state; state() of a restored one is what it was restored from.
//  5. version is 0 while learning, 1 when learned, and one more with each change that became known; volume changes and
//     violations of a JSON Schema change no version.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "protocols/payload_facts.hpp"
#include "protocols/payload_volume.hpp"

#include "cxstream/v1/schema.pb.h"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace cxstream::protocols {

struct schema_policy {
  std::uint64_t learn = 200;          // payloads
  std::set<v1::DriftKind> holds = {}; // kinds of changes whose payloads are refused
};

// One difference between a payload and what is known.
struct schema_change {
  v1::DriftKind kind = v1::DRIFT_KIND_UNSPECIFIED;
  std::string path;
  std::string parent;
  unsigned kinds = 0; // bits of value_kind: of the new field, of the new type; of a value: 0 says that it is free text
  std::string text;   // the new value
  bool below = false; // lies under another change of the same payload, and is part of that
  std::string detail; // for people
};

struct payload_judgement {
  bool held = false;
  std::string why;                    // of a held one, for people
  std::vector<v1::SchemaDrift> noted; // new entries of the timeline
};

class payload_schema {
public:
  static constexpr std::size_t timeline_max = 500;
  static constexpr std::size_t held_max = 256;
  static constexpr std::size_t noted_max = 32; // a payload; further ones become known without an entry

  explicit payload_schema(schema_policy policy);
  payload_schema(schema_policy policy, const v1::SourceSchema& kept);
  v1::SourceSchema state() const;

  // A payload came. `whole`: all of it was looked at; only then can a field be found missing.
  payload_judgement take(std::span<const observation> payload, bool whole, base::timestamp now);
  // A payload came that nobody looks at: it counts for the volume.
  std::vector<v1::SchemaDrift> pass_by(base::timestamp now);
  // Judges a payload that was refused before and is tried again; nothing is learned from it. Empty: it passes.
  std::string judge_again(std::span<const observation> payload, bool whole) const;
  // The payload broke the source's JSON Schema there. Returns a timeline entry for the first at that place.
  std::vector<v1::SchemaDrift> violated(const std::string& place, const std::string& detail, bool held,
                                        base::timestamp now);
  // Time passes; see payload_volume::watch.
  std::vector<v1::SchemaDrift> watch(base::timestamp now);
  // What is held becomes known. Returns how many changes that were.
  std::uint32_t accept(base::timestamp now);

  std::uint64_t version() const {
    return version_;
  }
  // All but name, mode and file.
  v1::SchemaSummary summary() const;
  const std::deque<v1::SchemaDrift>& timeline() const { // oldest first
    return timeline_;
  }

private:
  std::vector<schema_change> changes(const facts& seen, bool whole) const;
  void missing(const facts& seen, std::vector<schema_change>& out) const;
  bool holds(const schema_change& change) const;
  bool is_held(const schema_change& change) const;
  void hold(schema_change change, base::timestamp now, payload_judgement& into);
  void learn(const facts& seen, base::timestamp now);
  void learn_place(known_place& place, const fact& seen, base::timestamp now);
  void make_known(const schema_change& change);
  v1::SchemaDrift& note(v1::DriftKind kind, const std::string& path, const std::string& detail, base::timestamp now);

  schema_policy policy_;
  std::uint64_t version_ = 0;
  std::uint64_t payloads_ = 0; // learned from
  std::uint64_t violations_ = 0;
  bool full_ = false; // there were more places than fit; those are not judged
  known_places places_;
  std::map<std::string, schema_change> held_; // by kind, path and what is new
  std::deque<v1::SchemaDrift> timeline_;
  payload_volume volume_;
};

} // namespace cxstream::protocols
