#include "model/content_hash.hpp"

#include "model/event_fields.hpp"

#include <google/protobuf/message.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cxstream::model {

namespace {

// Writes the content form: for every field that is present its number and its value, texts with their length, numbers
// little-endian, fields in a fixed order and metrics in the order of their names. Not protobuf's own serialization,
// whose deterministic mode promises nothing across versions of the library. The form never changes; a field added to
// the event is written when it is present, so that hashes of events without it stay.
class content_form {
public:
  explicit content_form(std::string& out) : out_(out) {
    out_.clear();
  }

  void add(const v1::CanonicalEvent& e) {
    for (const auto& field : fields::plain_texts)
      if (field.number != v1::CanonicalEvent::kMappingVersionFieldNumber && field.present_in(e)) // how, not what
        text(field.number, (e.*field.get)());
    for (const auto& field : fields::optional_texts)
      if (field.present_in(e))
        text(field.number, (e.*field.get)());
    if (e.has_occurred_at()) {
      field(v1::CanonicalEvent::kOccurredAtFieldNumber);
      number(static_cast<std::uint64_t>(e.occurred_at().seconds()));
      number(static_cast<std::uint32_t>(e.occurred_at().nanos()));
      unknown(e.occurred_at());
    }
    for (const auto& signal : fields::signals)
      if ((e.*signal.has)())
        add(signal.number, (e.*signal.get)());
    if (e.version() != 0) {
      field(v1::CanonicalEvent::kVersionFieldNumber);
      number(e.version());
    }
    for (const auto& tag : e.raw_tags())
      text(v1::CanonicalEvent::kRawTagsFieldNumber, tag);
    for (const auto& path : e.cleared().paths())
      text(v1::CanonicalEvent::kClearedFieldNumber, path);
    if (e.custom_metrics_size() > 0)
      metrics(e);
    unknown(e);
  }

private:
  void add(std::uint8_t at, const v1::Signal& signal) {
    field(at);
    if (signal.has_label())
      text(v1::Signal::kLabelFieldNumber, signal.label());
    if (signal.has_score())
      real(v1::Signal::kScoreFieldNumber, signal.score());
    if (signal.has_confidence())
      real(v1::Signal::kConfidenceFieldNumber, signal.confidence());
    unknown(signal);
  }

  void metrics(const v1::CanonicalEvent& e) {
    thread_local std::vector<std::pair<std::string_view, double>>
        sorted; // kept, so that the hot path does not allocate
    sorted.assign(e.custom_metrics().begin(), e.custom_metrics().end());
    std::ranges::sort(sorted, {}, &std::pair<std::string_view, double>::first);
    for (const auto& [name, value] : sorted) {
      text(v1::CanonicalEvent::kCustomMetricsFieldNumber, name);
      number(std::bit_cast<std::uint64_t>(value));
    }
    sorted.clear();
  }

  // Fields of a newer schema, as they came.
  void unknown(const google::protobuf::Message& message) {
    const auto& newer = message.GetReflection()->GetUnknownFields(message);
    if (newer.empty())
      return;
    std::string bytes;
    newer.SerializeToString(&bytes);
    text(0, bytes);
  }

  void field(int field_number) {
    out_.push_back(static_cast<char>(field_number));
  }

  void text(int field_number, std::string_view value) {
    field(field_number);
    number(static_cast<std::uint32_t>(value.size()));
    out_ += value;
  }

  void real(int field_number, double value) {
    field(field_number);
    number(std::bit_cast<std::uint64_t>(value));
  }

  template <class T>
  void number(T value) {
    char bytes[sizeof(T)];
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes[i] = static_cast<char>(value >> (8 * i));
    out_.append(bytes, sizeof(T));
  }

  std::string& out_;
};

} // namespace

std::uint64_t content_hash(const v1::CanonicalEvent& event) {
  thread_local std::string form; // kept, so that the hot path does not allocate
  content_form(form).add(event);
  return base::xxh3_64(form);
}

base::hash128 key_hash(std::string_view idempotency_key) noexcept {
  return base::xxh3_128(idempotency_key);
}

base::partition_id partition_of(std::string_view ticket_id, std::uint16_t partitions) noexcept {
  return base::partition_id{static_cast<std::uint16_t>(base::xxh3_64(ticket_id) % partitions)};
}

} // namespace cxstream::model
