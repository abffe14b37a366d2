// Protobuf messages as JSON, with the contract's field names, as --json prints them. Plain functions.
#pragma once

#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

#include <string>

namespace cxstream::client {

enum class json_layout { line, indented };

// Fields that have their default are printed too, so that a script finds every name.
std::string to_json(const google::protobuf::Message& message, json_layout layout);
void print_json(const google::protobuf::Message& message, json_layout layout = json_layout::indented);

// "2024-03-01 12:30:05.250"; "-" for none. UTC.
std::string time_text(const google::protobuf::Timestamp& time);
std::string time_text_us(std::int64_t us_since_1970);

} // namespace cxstream::client
