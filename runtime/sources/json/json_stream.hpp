// Records of a JSON file, or of a file with one JSON value a line, and what a mapping's selectors find in them. Owned
// by one thread; memory is that of one record.
#pragma once

#include "sources/json/element_reader.hpp"
#include "sources/json/json_source.hpp"
#include "sources/ndjson/ndjson_reader.hpp"
#include "sources/record_stream.hpp"

namespace cxstream::sources {

// A record that is text and nothing else: what events are that need no mapping.
class text_record final : public record {
public:
  std::string text;

  cell at(selector_slot /*slot*/) override {
    return {};
  }
  content_digest digest() override {
    return digest_of(text);
  }
  std::string raw() override {
    return text;
  }
};

// Each element that a path leads to. Without selectors records are texts.
class json_stream final : public record_stream {
public:
  // `selectors` may be null and must outlive the stream.
  json_stream(byte_input input, json_element_reader::path to_records, const json_selectors* selectors);

  base::result<bool> next(found_record& out) override;
  std::uint64_t position() const override {
    return elements_.input().position();
  }
  std::uint64_t size() const override {
    return elements_.input().size();
  }

private:
  json_element_reader elements_;
  json_element element_;
  std::unique_ptr<json_source> records_; // of one element
  text_record text_;
  std::uint64_t number_ = 0;
};

// Each line; a line that `each` splits comes as several records of one number. A line that is no JSON is at fault, and
// the next one is read.
class json_line_stream final : public record_stream {
public:
  json_line_stream(byte_input input, std::optional<selector_slot> each, const json_selectors* selectors);

  base::result<bool> next(found_record& out) override;
  std::uint64_t position() const override {
    return lines_.position();
  }
  std::uint64_t size() const override {
    return lines_.size();
  }

private:
  bool next_of_line(found_record& out);

  ndjson_reader lines_;
  row line_;
  std::unique_ptr<json_source> records_; // of the current line
  text_record text_;
};

} // namespace cxstream::sources
