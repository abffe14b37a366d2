// Which mappings import jobs may use: built-in ones, those in a folder of the node, and texts that come with a file.
// Immutable, so thread-safe.
#pragma once

#include "sources/mapping/mapping.hpp"

#include <filesystem>
#include <string>

namespace cxstream::sources {

// A mapping with its text, from which it can be made again; no text: canonical events.
struct import_mapping {
  mapping rules;
  std::string text;
};

class import_mappings {
public:
  // `folder`: of FILE.yaml, each named by FILE; empty: none.
  explicit import_mappings(std::filesystem::path folder) : folder_(std::move(folder)) {
  }

  // Errors: not_found, invalid_argument, io.
  base::result<import_mapping> named(const std::string& name) const;
  // `name`: of a text that does not say it itself. Errors: invalid_argument.
  static base::result<import_mapping> of_text(const std::string& text, const std::string& name);
  // What the file's first bytes ask for. Errors: invalid_argument, io, not_found.
  static base::result<import_mapping> fitting(const std::filesystem::path& file);

private:
  std::filesystem::path folder_;
};

} // namespace cxstream::sources
