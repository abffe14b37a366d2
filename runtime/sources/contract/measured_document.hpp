// The JSON documents of one payload (one, or one a line), parsed within bounds, as what schemas are learned from and
// checked against. Plain values; internal to contract.
#pragma once

#include "protocols/payload_facts.hpp"

#include <rapidjson/document.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace cxstream::sources {

struct measured_document {
  static constexpr std::size_t depth_max = 256; // what looks into it deeper than that would need too much stack

  rapidjson::Document value;
  std::size_t longest_text = 0; // bytes; of keys too
  std::size_t longest_list = 0; // elements
};

struct parsed_payload {
  std::vector<std::unique_ptr<measured_document>> documents;
  bool too_deep = false; // documents are missing
};

// Nothing when it is not JSON throughout.
std::optional<parsed_payload> parse_json(std::string_view body);

struct observed_document {
  std::vector<protocols::observation> values; // their texts are the document's
  bool whole = true;                          // false: there was too much to look at all of it
};
observed_document observe(const rapidjson::Value& value);

} // namespace cxstream::sources
