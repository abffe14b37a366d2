#include "model/parse_event.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <map>
#include <string>
#include <utility>

namespace cxstream::model {

namespace {

namespace pb = google::protobuf;
using verdict = std::optional<rejection>;

rejection malformed(std::string path) {
  const auto where = path.empty() ? std::string("the event") : path;
  return {v1::MALFORMED, std::move(path),
          where + " is not valid protobuf: send a serialized cxstream.v1.CanonicalEvent, whole and unchanged"};
}

rejection invalid_utf8(std::string path) {
  auto message = path + " is not valid UTF-8: convert the text to UTF-8 at the source";
  return {v1::INVALID_UTF8, std::move(path), std::move(message)};
}

// The second look at bytes that the parser refused: reads them without a schema and holds every field against it, in
// the order of the bytes. The parser does not say what it refused, and this way the good case pays nothing for it.
verdict inspect(const std::string& bytes, const pb::Descriptor& type, const std::string& path);

verdict inspect_field(const pb::UnknownField& field, const pb::FieldDescriptor& known, const std::string& path) {
  if (field.type() != pb::UnknownField::TYPE_LENGTH_DELIMITED)
    return {}; // a number, or a wire type that the parser skips as unknown
  if (known.type() == pb::FieldDescriptor::TYPE_MESSAGE)
    return inspect(field.length_delimited(), *known.message_type(), path);
  if (known.type() == pb::FieldDescriptor::TYPE_STRING &&
      !pb::internal::IsStructurallyValidUTF8(field.length_delimited()))
    return invalid_utf8(path);
  return {};
}

verdict inspect(const std::string& bytes, const pb::Descriptor& type, const std::string& path) {
  pb::UnknownFieldSet fields;
  if (!fields.ParseFromString(bytes))
    return malformed(path);
  std::map<int, int> seen; // field number → entries so far, for the index of repeated fields
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    const auto* known = type.FindFieldByNumber(field.number());
    if (known == nullptr)
      continue;
    auto inner = path.empty() ? known->name() : path + "." + known->name();
    if (known->is_repeated())
      inner += "[" + std::to_string(seen[field.number()]++) + "]";
    if (auto bad = inspect_field(field, *known, inner))
      return bad;
  }
  return {};
}

} // namespace

std::optional<rejection> parse_event(std::string_view bytes, v1::CanonicalEvent& out, std::size_t bytes_max) {
  if (bytes.size() > bytes_max) {
    out.Clear();
    return rejection{v1::TOO_LARGE,
                     {},
                     "the event has " + std::to_string(bytes.size()) + " bytes; at most " + std::to_string(bytes_max) +
                         " are allowed: leave out what is not needed and link to the rest by evidence_url"};
  }
  if (out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return {};
  out.Clear();
  auto bad = inspect(std::string(bytes), *v1::CanonicalEvent::descriptor(), {});
  return bad ? std::move(bad) : malformed({});
}

} // namespace cxstream::model
