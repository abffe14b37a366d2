// payload_schema as it is kept, and in a line.
#include "protocols/payload_schema.hpp"

#include <algorithm>

namespace cxstream::protocols {

namespace {

v1::SchemaField kept_place(const std::string& path, const known_place& place) {
  v1::SchemaField out;
  out.set_path(path);
  out.set_parent(place.parent);
  for (const auto payloads : place.kinds)
    out.add_kinds(payloads);
  out.set_present(place.present);
  out.set_counted_from(place.counted_from);
  out.set_last_payload(place.last_payload);
  out.set_first_seen_us(place.first_seen_us);
  out.set_last_seen_us(place.last_seen_us);
  for (const auto& [text, payloads] : place.values) {
    auto& value = *out.add_values();
    value.set_text(text);
    value.set_payloads(payloads);
  }
  out.set_free_text(place.free_text);
  out.set_gone(place.gone);
  out.set_keys_are_ids(place.keys_are_ids);
  return out;
}

known_place place_of(const v1::SchemaField& kept) {
  known_place out;
  out.parent = kept.parent();
  for (int k = 0; k < std::min<int>(kept.kinds_size(), value_kinds); ++k)
    out.kinds[static_cast<std::size_t>(k)] = kept.kinds(k);
  out.present = kept.present();
  out.counted_from = kept.counted_from();
  out.last_payload = kept.last_payload();
  out.first_seen_us = kept.first_seen_us();
  out.last_seen_us = kept.last_seen_us();
  for (const auto& value : kept.values())
    out.values[value.text()] = value.payloads();
  out.free_text = kept.free_text();
  out.gone = kept.gone();
  out.keys_are_ids = kept.keys_are_ids();
  return out;
}

} // namespace

payload_schema::payload_schema(schema_policy policy, const v1::SourceSchema& kept)
    : policy_(std::move(policy)), version_(kept.version()), payloads_(kept.payloads()), violations_(kept.violations()),
      full_(kept.full()), timeline_(kept.timeline().begin(), kept.timeline().end()), volume_(kept.volume()) {
  for (const auto& field : kept.fields())
    places_[field.path()] = place_of(field);
  count_children(places_);
  for (const auto& held : kept.held())
    held_[held.key()] = {held.kind(), held.path(),  held.parent(), held.kinds(),
                         held.text(), held.below(), held.detail()};
}

v1::SourceSchema payload_schema::state() const {
  v1::SourceSchema out;
  out.set_version(version_);
  out.set_payloads(payloads_);
  out.set_violations(violations_);
  out.set_full(full_);
  for (const auto& [path, place] : places_)
    *out.add_fields() = kept_place(path, place);
  *out.mutable_timeline() = {timeline_.begin(), timeline_.end()};
  for (const auto& [key, change] : held_) {
    auto& held = *out.add_held();
    held.set_key(key);
    held.set_kind(change.kind);
    held.set_path(change.path);
    held.set_parent(change.parent);
    held.set_kinds(change.kinds);
    held.set_text(change.text);
    held.set_below(change.below);
    held.set_detail(change.detail);
  }
  *out.mutable_volume() = volume_.state();
  return out;
}

v1::SchemaSummary payload_schema::summary() const {
  v1::SchemaSummary out;
  out.set_version(version_);
  out.set_payloads(payloads_);
  out.set_learning(version_ == 0 ? policy_.learn - std::min(policy_.learn, payloads_) : 0);
  out.set_fields(static_cast<std::uint32_t>(places_.size()));
  out.set_held(static_cast<std::uint32_t>(
      std::count_if(held_.begin(), held_.end(), [](const auto& held) { return !held.second.below; })));
  out.set_violations(violations_);
  if (!timeline_.empty())
    *out.mutable_latest() = timeline_.back();
  return out;
}

} // namespace cxstream::protocols
