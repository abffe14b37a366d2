#include "model/retag.hpp"

#include "model/revision.hpp"

#include "base/hash.hpp"

#include <algorithm>

namespace cxstream::model {

namespace {

constexpr std::string_view key_prefix = "retag:";
constexpr std::size_t hash_digits = 32;

std::string key_of(const std::string& version, const std::string& original_key) {
  return std::string(key_prefix) + version + ":" + base::to_hex(base::xxh3_128(original_key));
}

// The version that made a retagging event: its key is "retag:<version>:<hash>".
std::string version_of_key(std::string_view key) {
  if (!key.starts_with(key_prefix) || key.size() < key_prefix.size() + 1 + hash_digits)
    return {};
  key.remove_prefix(key_prefix.size());
  return std::string(key.substr(0, key.size() - hash_digits - 1));
}

bool clears(const v1::CanonicalEvent& event, std::string_view path) {
  return std::ranges::find(event.cleared().paths(), path) != event.cleared().paths().end();
}

std::optional<std::string> copied(const std::string* text) {
  return text == nullptr ? std::nullopt : std::optional(*text);
}

tag_and_driver said_by(const v1::CanonicalEvent& event) {
  tag_and_driver out;
  if (event.has_canonical_tag())
    out.canonical_tag = event.canonical_tag();
  if (event.has_driver())
    out.driver = event.driver();
  return out;
}

std::uint64_t revision_hash(const v1::CanonicalEvent& event) {
  return base::xxh3_64(event.ticket_id() + '\n' + std::to_string(to_us(event.occurred_at())) + '\n' +
                       std::to_string(event.version()));
}

} // namespace

bool is_retag(const v1::CanonicalEvent& event) {
  return event.event_type() == retag_event_type && event.source_system() == retag_source_system;
}

retagger::retagger(taxonomy next, std::span<const taxonomy> known, retag_options options)
    : next_(std::move(next)), options_(options) {
  for (const auto& one : known)
    known_.insert_or_assign(one.version(), one);
  known_.insert_or_assign(next_.version(), next_);
}

std::optional<retagger::ownership> retagger::owned_by_taxonomy(const v1::CanonicalEvent& event,
                                                               const std::string& version) const {
  const bool retag = is_retag(event);
  ownership owned;
  owned.tag = event.raw_tags_size() > 0 && (retag || !clears(event, "canonical_tag"));
  owned.driver = retag || !clears(event, "driver");
  if (version.empty()) { // no taxonomy gave what is there
    owned.tag = owned.tag && !event.has_canonical_tag();
    owned.driver = owned.driver && !event.has_driver();
    return owned;
  }
  const auto found = known_.find(version);
  if (found != known_.end()) {
    if (event.has_canonical_tag() && owned.tag) {
      const auto* tag = found->second.tag_of(event.raw_tags());
      owned.tag = tag != nullptr && *tag == event.canonical_tag();
    }
    if (event.has_driver() && owned.driver) {
      const auto* driver = event.has_canonical_tag() ? found->second.driver(event.canonical_tag()) : nullptr;
      owned.driver = driver != nullptr && *driver == event.driver();
    }
    return owned;
  }
  if (retag || options_.unknown == retag_options::unknown_version::take_as_given) {
    owned.driver = owned.driver && (event.has_canonical_tag() || !event.has_driver());
    return owned;
  }
  // What is absent was given by nobody, and is the taxonomy's to fill in whatever the old version was.
  if ((event.has_canonical_tag() && event.raw_tags_size() > 0) || (event.has_driver() && event.has_canonical_tag()))
    return std::nullopt;
  owned.driver = owned.driver && !event.has_driver();
  return owned;
}

tag_and_driver retagger::after(const v1::CanonicalEvent& event, const tag_and_driver& before, ownership owned) const {
  auto out = before;
  if (owned.tag)
    out.canonical_tag = copied(next_.tag_of(event.raw_tags()));
  if (owned.driver)
    out.driver = out.canonical_tag ? copied(next_.driver(*out.canonical_tag)) : std::nullopt;
  return out;
}

v1::CanonicalEvent retagger::retagged(const v1::CanonicalEvent& event, const tag_and_driver& to,
                                      ownership owned) const {
  const auto& original_key = is_retag(event) ? event.event_id() : event.idempotency_key();
  v1::CanonicalEvent out;
  out.set_event_type(std::string(retag_event_type));
  out.set_source_system(std::string(retag_source_system));
  out.set_event_id(original_key);
  out.set_idempotency_key(key_of(next_.version(), original_key));
  out.set_ticket_id(event.ticket_id());
  *out.mutable_occurred_at() = event.occurred_at();
  out.set_version(event.version());
  if (event.has_account_id())
    out.set_account_id(event.account_id()); // sinks choose by it
  if (owned.tag)
    *out.mutable_raw_tags() = event.raw_tags(); // so that a later version can be run over this event too
  if (to.canonical_tag)
    out.set_canonical_tag(*to.canonical_tag);
  else
    out.mutable_cleared()->add_paths("canonical_tag");
  // Said in either case: the node would fill in a driver by the version that it has in force.
  if (to.driver)
    out.set_driver(*to.driver);
  else
    out.mutable_cleared()->add_paths("driver");
  return out;
}

void retagger::remember(std::uint64_t revision) {
  if (!retagged_.insert(revision).second)
    return;
  retagged_order_.push_back(revision);
  if (retagged_order_.size() > revisions_remembered) {
    retagged_.erase(retagged_order_.front());
    retagged_order_.pop_front();
  }
}

retag_decision retagger::decide(const v1::CanonicalEvent& event) {
  retag_decision out;
  out.before = out.after = said_by(event);
  const auto version = is_retag(event) ? version_of_key(event.idempotency_key()) : event.pipeline().taxonomy_version();
  if (is_retag(event) && version == next_.version()) {
    out.verdict = retag_verdict::of_this_run;
    return out;
  }
  if (version.empty() && options_.before == retag_options::before_taxonomy::leave) {
    out.verdict = retag_verdict::no_taxonomy;
    return out;
  }
  const auto revision = revision_hash(event);
  const auto owned = owned_by_taxonomy(event, version);
  if (owned)
    out.after = after(event, out.before, *owned);
  else
    out.verdict = retag_verdict::unknown_rules;
  if (owned && out.after != out.before) {
    out.verdict = retag_verdict::changed;
    out.event = retagged(event, out.after, *owned);
    remember(revision);
  } else if (was_retagged(revision) && event.has_canonical_tag()) {
    out.event = retagged(event, out.after, owned.value_or(ownership{}));
  }
  return out;
}

} // namespace cxstream::model
