// A part of a lake, made of a finished segment of NDJSON: its bytes in the wished format, and what its manifest says.
// The same segment gives the same part, byte by byte. Pure.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

enum class part_format : std::uint8_t { ndjson, csv };
enum class part_compression : std::uint8_t { none, zstd };

struct part_shape {
  part_format format = part_format::ndjson;
  part_compression compression = part_compression::zstd;
  bool enveloped = false; // each line is a CloudEvent, whose `data` is the event; not with CSV
  // Names of the columns, as the projection names them ("sentiment.label"); for CSV.
  std::vector<std::string> columns = {};

  // ".ndjson.zst"
  std::string extension() const;
  std::string content_type() const;
};

struct lake_part {
  std::string bytes;
  std::string manifest; // one JSON object
};

// `file`: the name that the manifest gives. Errors: corrupt (a line that is no JSON object), internal (compression).
base::result<lake_part> part_of(std::string_view ndjson, const part_shape& shape, std::string_view file);

} // namespace cxstream::connectors
