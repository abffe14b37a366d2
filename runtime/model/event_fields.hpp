// The text and signal fields of CanonicalEvent as tables: what canonicalise() and validate() do to one, they do to all.
// The rules are those of event.proto.
#pragma once

#include "model/validate.hpp"
#include "model/vocabulary.hpp"

#include "cxstream/v1/event.pb.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cxstream::model {

// What a text may consist of, beside being UTF-8.
enum class text_content : unsigned char {
  type,       // no control characters, no space
  identifier, // no control characters
  words,      // no NUL
  link,       // an absolute http or https URL
};

struct text_field {
  std::string_view path;
  std::uint8_t number; // of the field in CanonicalEvent
  text_content content;
  std::size_t validation_limits::*bytes_max;
  bool required;
  bool (v1::CanonicalEvent::*has)() const; // null: the field has no presence, empty is absent
  const std::string& (v1::CanonicalEvent::*get)() const;
  std::string* (v1::CanonicalEvent::*edit)(); // allocates when the field is absent
  void (v1::CanonicalEvent::*clear)();

  bool present_in(const v1::CanonicalEvent& e) const {
    return has != nullptr ? (e.*has)() : !(e.*get)().empty();
  }
};

struct signal_field {
  std::string_view path;
  std::uint8_t number; // of the field in CanonicalEvent
  vocabulary words;
  double score_min;
  bool (v1::CanonicalEvent::*has)() const;
  const v1::Signal& (v1::CanonicalEvent::*get)() const;
  v1::Signal* (v1::CanonicalEvent::*edit)();
  void (v1::CanonicalEvent::*clear)();
};

namespace fields {

using event = v1::CanonicalEvent;
using limits = validation_limits;

// Texts without presence.
inline constexpr std::array<text_field, 7> plain_texts = {{
    {"event_id", 1, text_content::identifier, &limits::id_bytes, false, nullptr, &event::event_id,
     &event::mutable_event_id, &event::clear_event_id},
    {"event_type", 2, text_content::type, &limits::event_type_bytes, true, nullptr, &event::event_type,
     &event::mutable_event_type, &event::clear_event_type},
    {"ticket_id", 4, text_content::identifier, &limits::id_bytes, true, nullptr, &event::ticket_id,
     &event::mutable_ticket_id, &event::clear_ticket_id},
    {"source_system", 13, text_content::identifier, &limits::source_system_bytes, true, nullptr, &event::source_system,
     &event::mutable_source_system, &event::clear_source_system},
    {"idempotency_key", 14, text_content::identifier, &limits::id_bytes, false, nullptr, &event::idempotency_key,
     &event::mutable_idempotency_key, &event::clear_idempotency_key},
    {"schema_version", 22, text_content::identifier, &limits::schema_version_bytes, false, nullptr,
     &event::schema_version, &event::mutable_schema_version, &event::clear_schema_version},
    {"mapping_version", 24, text_content::identifier, &limits::word_bytes, false, nullptr, &event::mapping_version,
     &event::mutable_mapping_version, &event::clear_mapping_version},
}};

// Texts with presence; all of them can be named in `cleared`.
inline constexpr std::array<text_field, 9> optional_texts = {{
    {"account_id", 5, text_content::identifier, &limits::id_bytes, false, &event::has_account_id, &event::account_id,
     &event::mutable_account_id, &event::clear_account_id},
    {"canonical_tag", 9, text_content::words, &limits::tag_bytes, false, &event::has_canonical_tag,
     &event::canonical_tag, &event::mutable_canonical_tag, &event::clear_canonical_tag},
    {"driver", 10, text_content::words, &limits::tag_bytes, false, &event::has_driver, &event::driver,
     &event::mutable_driver, &event::clear_driver},
    {"evidence_url", 12, text_content::link, &limits::url_bytes, false, &event::has_evidence_url, &event::evidence_url,
     &event::mutable_evidence_url, &event::clear_evidence_url},
    {"status", 17, text_content::words, &limits::word_bytes, false, &event::has_status, &event::status,
     &event::mutable_status, &event::clear_status},
    {"priority", 18, text_content::words, &limits::word_bytes, false, &event::has_priority, &event::priority,
     &event::mutable_priority, &event::clear_priority},
    {"channel", 19, text_content::words, &limits::word_bytes, false, &event::has_channel, &event::channel,
     &event::mutable_channel, &event::clear_channel},
    {"agent_id", 20, text_content::identifier, &limits::id_bytes, false, &event::has_agent_id, &event::agent_id,
     &event::mutable_agent_id, &event::clear_agent_id},
    {"customer_id", 21, text_content::identifier, &limits::id_bytes, false, &event::has_customer_id,
     &event::customer_id, &event::mutable_customer_id, &event::clear_customer_id},
}};

inline constexpr std::array<signal_field, 3> signals = {{
    {"sentiment", 6, vocabulary::sentiment, -1.0, &event::has_sentiment, &event::sentiment, &event::mutable_sentiment,
     &event::clear_sentiment},
    {"churn_risk", 7, vocabulary::churn_risk, 0.0, &event::has_churn_risk, &event::churn_risk,
     &event::mutable_churn_risk, &event::clear_churn_risk},
    {"effort", 8, vocabulary::effort, 0.0, &event::has_effort, &event::effort, &event::mutable_effort,
     &event::clear_effort},
}};

} // namespace fields

} // namespace cxstream::model
