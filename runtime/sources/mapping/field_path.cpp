#include "sources/mapping/field_path.hpp"

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

#include <charconv>

namespace cxstream::sources {

namespace {

using google::protobuf::FieldDescriptor;

constexpr std::string_view signal_name = "cxstream.v1.Signal";
constexpr std::string_view timestamp_name = "google.protobuf.Timestamp";

// Fields that one text can fill; raw_tags and custom_metrics have sections of their own, pipeline is the node's,
// mapping_version the mapper's.
bool can_be_mapped(const FieldDescriptor* field) {
  if (field->is_repeated() || field->number() == v1::CanonicalEvent::kMappingVersionFieldNumber)
    return false;
  const auto* message = field->message_type();
  return message == nullptr || message->full_name() == signal_name || message->full_name() == timestamp_name;
}

std::string known_names() {
  std::string out;
  const auto* event = v1::CanonicalEvent::descriptor();
  for (int i = 0; i < event->field_count(); ++i) {
    if (can_be_mapped(event->field(i)))
      out += (out.empty() ? "" : ", ") + event->field(i)->name();
  }
  return out;
}

template <class Number>
base::result<Number> parse_whole_text(std::string_view text, const char* what) {
  Number number{};
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || stop != text.data() + text.size())
    return base::error{base::error_code::invalid_argument, "'" + std::string(text) + "' is not " + what};
  return number;
}

} // namespace

base::result<std::uint64_t> parse_count(std::string_view text) {
  return parse_whole_text<std::uint64_t>(text, "a whole number of 0 or more");
}

base::result<double> parse_number(std::string_view text) {
  return parse_whole_text<double>(text, "a number");
}

base::result<field_path> field_path::find(std::string_view name) {
  field_path path;
  path.name_ = name;
  const auto dot = name.find('.');
  const auto* field = v1::CanonicalEvent::descriptor()->FindFieldByName(std::string(name.substr(0, dot)));
  if (field == nullptr || !can_be_mapped(field))
    return base::error{base::error_code::invalid_argument,
                       "'" + std::string(name) +
                           "' is not a field that can be mapped here; there are: " + known_names()};
  path.steps_.push_back(field);
  const auto is_signal = field->message_type() != nullptr && field->message_type()->full_name() == signal_name;
  if (!is_signal) {
    if (dot == std::string_view::npos)
      return path;
    return base::error{base::error_code::invalid_argument, "'" + field->name() + "' has no parts"};
  }
  const auto part = dot == std::string_view::npos ? std::string("label") : std::string(name.substr(dot + 1));
  const auto* inner = field->message_type()->FindFieldByName(part);
  if (inner == nullptr)
    return base::error{base::error_code::invalid_argument,
                       "'" + field->name() + "' has no part '" + part + "'; there are: label, score, confidence"};
  path.steps_.push_back(inner);
  path.name_ = field->name() + "." + part;
  return path;
}

std::vector<std::string> field_path::names() {
  std::vector<std::string> out;
  const auto* event = v1::CanonicalEvent::descriptor();
  for (int i = 0; i < event->field_count(); ++i) {
    const auto* field = event->field(i);
    if (!can_be_mapped(field))
      continue;
    const auto is_signal = field->message_type() != nullptr && field->message_type()->full_name() == signal_name;
    if (!is_signal)
      out.push_back(field->name());
    for (const auto* part : {"label", "score", "confidence"})
      if (is_signal)
        out.push_back(field->name() + "." + part);
  }
  return out;
}

bool field_path::is_time() const {
  const auto* message = steps_.back()->message_type();
  return message != nullptr && message->full_name() == timestamp_name;
}

std::string field_path::cleared_name() const {
  const auto* field = steps_.front();
  if (!field->has_presence() || is_time())
    return {};
  if (steps_.size() == 1)
    return field->name();
  return steps_.back()->name() == "label" ? field->name() : std::string();
}

base::result<void> field_path::set(v1::CanonicalEvent& event, std::string_view text) const {
  google::protobuf::Message* message = &event;
  for (std::size_t i = 0; i + 1 < steps_.size(); ++i)
    message = message->GetReflection()->MutableMessage(message, steps_[i]);
  const auto* reflection = message->GetReflection();
  const auto* field = steps_.back();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection->SetString(message, field, std::string(text));
    return {};
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    const auto number = parse_number(text);
    if (!number)
      return number.err();
    reflection->SetDouble(message, field, *number);
    return {};
  }
  const auto number = parse_count(text);
  if (!number)
    return number.err();
  reflection->SetUInt64(message, field, *number);
  return {};
}

} // namespace cxstream::sources
