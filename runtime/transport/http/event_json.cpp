#include "transport/http/event_json.hpp"

#include "transport/http/json_elements.hpp"

#include <google/protobuf/util/json_util.h>

namespace cxstream::transport {

std::variant<v1::CanonicalEvent, ports::payload_refusal> event_of_json(std::string_view json) {
  if (!is_json_object(json))
    return ports::payload_refusal{v1::BAD_FORMAT, "", "an event is a JSON object: {\"ticket_id\": …}", ""};
  v1::CanonicalEvent event;
  const google::protobuf::util::JsonParseOptions strict; // unknown fields are errors
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &event, strict);
  if (!status.ok())
    return ports::payload_refusal{
        v1::BROKEN_CONTRACT, "",
        "this is no canonical event: " + status.message().ToString() + "; docs/schema says which fields there are", ""};
  return event;
}

} // namespace cxstream::transport
