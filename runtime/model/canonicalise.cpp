#include "model/canonicalise.hpp"

#include "model/content_hash.hpp"
#include "model/event_fields.hpp"
#include "model/fold_text.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace cxstream::model {

namespace {

// Texts are looked at before they are touched: asking protobuf for a mutable text allocates one that is absent.
bool is_untrimmed(std::string_view text) noexcept {
  return !text.empty() && (is_space(text.front()) || is_space(text.back()));
}

void normalise_texts(v1::CanonicalEvent& e) {
  for (const auto& field : fields::plain_texts)
    if (is_untrimmed((e.*field.get)()))
      trim(*(e.*field.edit)());
  for (const auto& field : fields::optional_texts) {
    if (is_untrimmed((e.*field.get)()))
      trim(*(e.*field.edit)());
    if ((e.*field.get)().empty())
      (e.*field.clear)();
  }
  if (!e.event_type().empty())
    lower(*e.mutable_event_type());
  if (e.schema_version().empty())
    e.set_schema_version("1");
}

// A word that the vocabulary knows becomes canonical; any other stays, for validation to refuse or for all to keep.
void to_canonical_word(vocabulary words, const std::string& is, std::string& text) {
  if (const auto word = canonical_word(words, is); !word.empty() && word != is)
    text = word;
}

void normalise_words(v1::CanonicalEvent& e) {
  if (e.has_status())
    to_canonical_word(vocabulary::status, e.status(), *e.mutable_status());
  if (e.has_priority())
    to_canonical_word(vocabulary::priority, e.priority(), *e.mutable_priority());
  if (e.has_channel()) {
    lower(*e.mutable_channel());
    to_canonical_word(vocabulary::channel, e.channel(), *e.mutable_channel());
  }
}

void normalise_signals(v1::CanonicalEvent& e) {
  for (const auto& field : fields::signals) {
    if (!(e.*field.has)())
      continue;
    auto& signal = *(e.*field.edit)();
    if (signal.has_label()) {
      auto& label = *signal.mutable_label();
      trim(label);
      to_canonical_word(field.words, label, label);
      if (label.empty())
        signal.clear_label();
    }
    if (!signal.has_label() && !signal.has_score() && !signal.has_confidence())
      (e.*field.clear)();
  }
}

// Trims, and drops empty and repeated tags, keeping the order of the first ones. Linear: hostile events hold thousands.
void normalise_tags(v1::CanonicalEvent& e) {
  auto& tags = *e.mutable_raw_tags();
  constexpr int few = 16;
  std::unordered_set<std::string_view> many;
  int kept = 0;
  for (int i = 0; i < tags.size(); ++i) {
    trim(tags[i]);
    const bool repeated = tags.size() > few
                              ? !many.insert(tags[i]).second
                              : std::find(tags.begin(), tags.begin() + kept, tags[i]) != tags.begin() + kept;
    if (tags[i].empty() || repeated)
      continue;
    if (i != kept)
      tags.SwapElements(i, kept);
    ++kept;
  }
  tags.DeleteSubrange(kept, tags.size() - kept);
}

// Names that differ only in the space around them become one: the tidy one gives the value, else the first by bytes.
void normalise_metrics(v1::CanonicalEvent& e) {
  std::vector<std::string> untrimmed;
  for (const auto& [name, value] : e.custom_metrics())
    if (is_untrimmed(name))
      untrimmed.push_back(name);
  if (untrimmed.empty())
    return;
  std::ranges::sort(untrimmed);
  auto& metrics = *e.mutable_custom_metrics();
  for (const auto& name : untrimmed) {
    const double value = metrics.at(name);
    metrics.erase(name);
    metrics.insert({std::string(trimmed(name)), value});
  }
}

void normalise_time(v1::CanonicalEvent& e) {
  if (!e.has_occurred_at())
    return;
  if (const auto nanos = e.occurred_at().nanos(); nanos > 0)
    e.mutable_occurred_at()->set_nanos(nanos - nanos % 1'000);
}

void normalise(v1::CanonicalEvent& e) {
  normalise_texts(e);
  normalise_words(e);
  normalise_signals(e);
  normalise_time(e);
  if (e.raw_tags_size() > 0)
    normalise_tags(e);
  if (e.custom_metrics_size() > 0)
    normalise_metrics(e);
  for (int i = 0; i < e.cleared().paths_size(); ++i)
    if (is_untrimmed(e.cleared().paths(i)))
      trim(*e.mutable_cleared()->mutable_paths(i));
}

bool clears(const v1::CanonicalEvent& e, std::string_view path) {
  return std::ranges::find(e.cleared().paths(), path) != e.cleared().paths().end();
}

void apply_taxonomy(v1::CanonicalEvent& e, const taxonomy& tags) {
  if (tags.version().empty()) {
    e.clear_pipeline();
    return;
  }
  e.mutable_pipeline()->Clear();
  e.mutable_pipeline()->set_taxonomy_version(tags.version());
  if (!e.has_canonical_tag() && !clears(e, "canonical_tag"))
    if (const auto* tag = tags.tag_of(e.raw_tags()))
      e.set_canonical_tag(*tag);
  if (e.has_canonical_tag() && !e.has_driver() && !clears(e, "driver"))
    if (const auto* driver = tags.driver(e.canonical_tag()))
      e.set_driver(*driver);
}

void append(std::string& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8)
    out.push_back(static_cast<char>(number >> shift));
}

void append(std::string& out, std::string_view text) {
  append(out, text.size());
  out += text;
}

// "id:", the source and its own event id (two sources may number alike), where that fits into a key; else "h:" and a
// hash.
std::string derived_key(const v1::CanonicalEvent& e, std::uint64_t content) {
  if (!e.event_id().empty()) {
    auto key = "id:" + e.source_system() + ":" + e.event_id();
    if (key.size() <= validation_limits{}.id_bytes)
      return key;
  }
  std::string identity;
  append(identity, e.source_system());
  if (!e.event_id().empty()) {
    append(identity, e.event_id());
  } else {
    append(identity, e.ticket_id());
    append(identity, e.version());
    append(identity, static_cast<std::uint64_t>(e.occurred_at().seconds()));
    append(identity, static_cast<std::uint64_t>(e.occurred_at().nanos()));
    append(identity, content);
  }
  return "h:" + base::to_hex(base::xxh3_128(identity));
}

} // namespace

void canonicalise(v1::CanonicalEvent& event, const taxonomy& tags, std::uint64_t content) {
  normalise(event);
  apply_taxonomy(event, tags);
  if (event.idempotency_key().empty())
    event.set_idempotency_key(derived_key(event, content));
}

void canonicalise(v1::CanonicalEvent& event, const taxonomy& tags) {
  const bool needs_content = trimmed(event.idempotency_key()).empty() && trimmed(event.event_id()).empty();
  canonicalise(event, tags, needs_content ? content_hash(event) : 0);
}

} // namespace cxstream::model
