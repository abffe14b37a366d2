// Records of XML payloads, and what a mapping's XPath selectors find in them. Names are matched as they are written,
// with their prefix; namespaces of another prefix: *[local-name() = 'x']. Owned by one thread.
#pragma once

#include "sources/cell_arena.hpp"
#include "sources/record.hpp"

#include <memory>
#include <vector>

namespace cxstream::sources {

// Deeper elements are refused.
inline constexpr std::size_t xml_depth_max = 200;

enum class xpath_gives { anything, nodes };

// Errors: invalid_argument, with the place in the expression.
base::result<void> check_xpath(const std::string& expression, xpath_gives wanted);

class xml_source final : public record_source {
public:
  // xes_log: each <event> is a record; a <trace> stands in it as its first child, with the attributes of its trace.
  enum class records_of { document, xes_log };

  // `each`: the selector of the repeated element; without it the document is one record, and paths begin at its root
  // element.
  xml_source(const std::vector<std::string>& selectors, std::optional<selector_slot> each, records_of what);
  ~xml_source() override;

  // Errors: malformed (not XML, too deep, or with a document type, which is refused: it can hold entities that grow).
  base::result<void> open(std::string_view body, std::span<const ports::header> headers) override;
  bool next(record_or_fault& out) override;
  record* whole() override;
  bool is_one_record() const override {
    return !each_ && what_ == records_of::document;
  }

private:
  class xml_record;
  struct document;

  std::optional<selector_slot> each_;
  records_of what_;
  std::unique_ptr<document> document_;
  std::unique_ptr<xml_record> record_;
};

} // namespace cxstream::sources
