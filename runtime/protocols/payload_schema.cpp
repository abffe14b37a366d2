#include "protocols/payload_schema.hpp"

#include "protocols/schema_changes.hpp"

#include <algorithm>

namespace cxstream::protocols {

namespace {

std::string key_of(const schema_change& change) {
  auto key = std::to_string(change.kind) + '\n' + change.path;
  // A new field is one change whatever types it has; a type and a value are each their own.
  if (change.kind == v1::DRIFT_TYPE_CHANGE || change.kind == v1::DRIFT_NEW_VALUE)
    key += '\n' + std::to_string(change.kinds) + '\n' + change.text;
  return key;
}

void set_time(google::protobuf::Timestamp& to, base::timestamp at) {
  const auto us = base::to_us(at);
  to.set_seconds(us / 1'000'000);
  to.set_nanos(static_cast<std::int32_t>(us % 1'000'000 * 1'000));
}

void add_value(known_place& place, const std::string& text) {
  if (place.free_text)
    return;
  ++place.values[text];
  if (place.values.size() > schema_bounds::values) {
    place.free_text = true;
    place.values.clear();
  }
}

void become_free_text(known_place& place) {
  place.free_text = true;
  place.values.clear();
}

} // namespace

payload_schema::payload_schema(schema_policy policy) : policy_(std::move(policy)) {
}

payload_judgement payload_schema::take(std::span<const observation> payload, bool whole, base::timestamp now) {
  payload_judgement out;
  out.noted = pass_by(now);
  const auto seen = gather(payload, places_);
  if (version_ == 0) {
    learn(seen, now);
    if (payloads_ >= policy_.learn)
      version_ = 1;
    return out;
  }
  auto found = changes(seen, whole);
  const auto first_held = std::find_if(found.begin(), found.end(), [this](const auto& c) { return holds(c); });
  if (first_held != found.end()) {
    ++violations_;
    out.held = true;
    out.why = sentence(*first_held);
    for (auto& change : found)
      if (holds(change))
        hold(std::move(change), now, out);
    return out;
  }
  std::size_t noted = 0;
  for (const auto& change : found) {
    if (change.kind == v1::DRIFT_MISSING_FIELD)
      make_known(change);
    if (change.below || ++noted > noted_max)
      continue;
    ++version_;
    out.noted.push_back(note(change.kind, change.path, change.detail, now));
  }
  learn(seen, now);
  return out;
}

std::vector<v1::SchemaDrift> payload_schema::pass_by(base::timestamp now) {
  auto noted = watch(now);
  volume_.count();
  return noted;
}

std::string payload_schema::judge_again(std::span<const observation> payload, bool whole) const {
  if (version_ == 0)
    return {};
  for (const auto& change : changes(gather(payload, places_), whole))
    if (holds(change) && (change.kind != v1::DRIFT_MISSING_FIELD || is_held(change)))
      return sentence(change);
  return {};
}

std::vector<schema_change> payload_schema::changes(const facts& seen, bool whole) const {
  std::vector<schema_change> out;
  std::set<std::string_view> fresh;
  for (const auto& [path, what] : seen) {
    const auto known = places_.find(path);
    if (known == places_.end()) {
      if (places_.size() >= schema_bounds::places)
        continue;
      out.push_back(new_field(path, what));
      out.back().below = fresh.contains(what.parent);
      fresh.insert(path);
      continue;
    }
    new_types(path, what, known->second, out);
    new_values(path, what, known->second, out);
  }
  if (whole)
    missing(seen, out);
  return out;
}

void payload_schema::missing(const facts& seen, std::vector<schema_change>& out) const {
  std::set<std::string_view> gone;
  for (const auto& [path, place] : places_) {
    // What is held as missing stays so, though payloads that have it pass in between.
    const bool held = !held_.empty() && held_.contains(key_of({v1::DRIFT_MISSING_FIELD, path, {}, 0, {}, false, {}}));
    if ((!held && !went_missing(place, payloads_ + 1, policy_.learn)) || seen.contains(path))
      continue;
    out.push_back(missing_field(path, place));
    out.back().below = gone.contains(place.parent);
    gone.insert(path);
  }
}

bool payload_schema::holds(const schema_change& change) const {
  return policy_.holds.contains(change.kind);
}

bool payload_schema::is_held(const schema_change& change) const {
  return held_.contains(key_of(change));
}

void payload_schema::hold(schema_change change, base::timestamp now, payload_judgement& into) {
  auto key = key_of(change);
  if (const auto known = held_.find(key); known != held_.end()) {
    known->second.kinds |= change.kinds;
    return;
  }
  if (held_.size() >= held_max)
    return;
  if (!change.below) {
    auto& entry = note(change.kind, change.path, change.detail, now);
    entry.set_held(true);
    into.noted.push_back(entry);
  }
  held_.emplace(std::move(key), std::move(change));
}

std::uint32_t payload_schema::accept(base::timestamp now) {
  std::vector<const schema_change*> in_order; // of paths, so that what lies above comes first
  for (const auto& [key, change] : held_)
    in_order.push_back(&change);
  std::stable_sort(in_order.begin(), in_order.end(), [](auto* a, auto* b) { return a->path < b->path; });
  std::uint32_t accepted = 0;
  for (const auto* change : in_order) {
    make_known(*change);
    if (change->below)
      continue;
    ++version_;
    ++accepted;
    const auto entry = std::find_if(timeline_.rbegin(), timeline_.rend(), [&](const auto& drift) {
      return drift.held() && drift.kind() == change->kind && drift.path() == change->path &&
             drift.detail() == change->detail;
    });
    if (entry == timeline_.rend())
      continue;
    entry->set_held(false);
    entry->set_schema_version(version_);
    set_time(*entry->mutable_accepted_at(), now);
  }
  held_.clear();
  return accepted;
}

// Without a payload that shows it: accepted, or missing.
void payload_schema::make_known(const schema_change& change) {
  if (!places_.contains(change.path)) {
    if (change.kind != v1::DRIFT_NEW_FIELD) // its object's keys became one meanwhile
      return;
    if (places_.size() >= schema_bounds::places) {
      full_ = true;
      return;
    }
  }
  if (change.kind == v1::DRIFT_NEW_FIELD && change.path == ids_below(change.parent))
    count_keys_as_one(places_, change.parent);
  auto& place = places_[change.path];
  place.parent = change.parent;
  if (change.kind == v1::DRIFT_MISSING_FIELD)
    place.gone = true;
  else if (change.kind == v1::DRIFT_NEW_VALUE && change.kinds == 0)
    become_free_text(place);
  else if (change.kind == v1::DRIFT_NEW_VALUE)
    add_value(place, change.text);
  else
    for (std::size_t k = 0; k < value_kinds; ++k)
      place.kinds[k] += (change.kinds >> k) & 1u;
  if (change.kind == v1::DRIFT_NEW_FIELD) {
    place.counted_from = payloads_ + 1;
    count_children(places_);
  }
}

void payload_schema::learn(const facts& seen, base::timestamp now) {
  ++payloads_;
  bool grew = false;
  for (const auto& [path, what] : seen) {
    auto place = places_.find(path);
    if (place == places_.end()) {
      if (places_.size() >= schema_bounds::places) {
        full_ = true;
        continue;
      }
      place = places_.try_emplace(path).first;
      place->second.parent = what.parent;
      grew = true;
    }
    learn_place(place->second, what, now);
    if (what.keys_are_ids && !place->second.keys_are_ids)
      count_keys_as_one(places_, path);
  }
  if (grew)
    count_children(places_);
}

void payload_schema::learn_place(known_place& place, const fact& seen, base::timestamp now) {
  if (place.first_seen_us == 0)
    place.first_seen_us = base::to_us(now);
  place.last_seen_us = base::to_us(now);
  if (place.counted_from == 0 || place.gone) { // what comes back is counted anew
    place.counted_from = payloads_;
    place.present = 0;
    place.gone = false;
  }
  ++place.present;
  place.last_payload = payloads_;
  for (std::size_t k = 0; k < value_kinds; ++k)
    place.kinds[k] += (seen.kinds >> k) & 1u;
  if (seen.long_text)
    become_free_text(place);
  for (const auto& text : seen.texts)
    add_value(place, text);
}

std::vector<v1::SchemaDrift> payload_schema::violated(const std::string& place, const std::string& detail, bool held,
                                                      base::timestamp now) {
  ++violations_;
  const bool known = std::any_of(timeline_.begin(), timeline_.end(), [&](const auto& drift) {
    return drift.kind() == v1::DRIFT_SCHEMA_VIOLATION && drift.path() == place;
  });
  if (known)
    return {};
  auto& entry = note(v1::DRIFT_SCHEMA_VIOLATION, place, detail, now);
  entry.set_held(held);
  return {entry};
}

std::vector<v1::SchemaDrift> payload_schema::watch(base::timestamp now) {
  const auto change = volume_.watch(now);
  if (!change)
    return {};
  return {note(change->kind, "", change->detail, now)};
}

v1::SchemaDrift& payload_schema::note(v1::DriftKind kind, const std::string& path, const std::string& detail,
                                      base::timestamp now) {
  if (timeline_.size() >= timeline_max)
    timeline_.pop_front();
  auto& entry = timeline_.emplace_back();
  set_time(*entry.mutable_at(), now);
  entry.set_kind(kind);
  entry.set_path(path);
  entry.set_detail(detail);
  entry.set_schema_version(version_);
  return entry;
}

} // namespace cxstream::protocols
