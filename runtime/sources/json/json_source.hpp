// Records of JSON payloads and of lines of NDJSON: documents in, records out, and what a mapping's selectors find in
// them. Owned by one thread.
#pragma once

#include "sources/json/jq_program.hpp"
#include "sources/json/json_document.hpp"
#include "sources/record.hpp"

namespace cxstream::sources {

// The selectors of one mapping, read once. Plain values; shared by all threads.
struct json_selectors {
  struct one {
    std::optional<json_path> plain;
    std::size_t expression = 0; // of `expressions`, when not plain
  };
  std::vector<one> slots;
  std::vector<std::string> expressions;

  void add(const std::string& selector);
};

class json_source final : public record_source {
public:
  enum class layout { document, lines };

  // `each`: the selector that splits a document into records. Without it a document is one record, and an array is the
  // list of its records. `selectors` must outlive the source.
  json_source(const json_selectors& selectors, std::optional<selector_slot> each, layout how);
  ~json_source() override;

  base::result<void> open(std::string_view body, std::span<const ports::header> headers) override;
  bool next(record_or_fault& out) override;
  record* whole() override;
  bool is_one_record() const override {
    return layout_ == layout::document && !is_split_;
  }

private:
  class json_record;

  base::result<void> read_document(std::string_view text);
  bool next_line(record_or_fault& out);
  cell evaluate(selector_slot slot);
  void focus(const cell& record);

  const json_selectors& selectors_;
  std::optional<selector_slot> each_;
  layout layout_;
  json_document document_;
  std::vector<cell> headers_;
  cell header_object_;
  json_roots roots_;
  std::span<const cell> records_; // of the document, not yet handed out
  bool is_split_ = false;
  std::optional<base::error> each_failed_;
  std::string_view rest_; // lines not yet read
  std::size_t line_ = 0;
  std::string_view text_; // of the document
  std::unique_ptr<jq_program> jq_;
  std::unique_ptr<json_record> record_;
};

} // namespace cxstream::sources
