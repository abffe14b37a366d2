// A row of a table as a record: selectors are the reader's columns, in their order. Owned by one thread.
#pragma once

#include "sources/record.hpp"

namespace cxstream::sources {

class csv_record final : public record {
public:
  // `of` must outlive the record.
  explicit csv_record(const row& of) : row_(of) {
  }

  cell at(selector_slot slot) override {
    const auto& text = row_.cells[slot];
    return text ? text_cell(*text) : cell{};
  }
  content_digest digest() override {
    return row_.digest;
  }
  std::string raw() override {
    return row_.raw;
  }

private:
  const row& row_;
};

} // namespace cxstream::sources
