// XML in pieces, by libxml2: elements, attributes and texts come as calls while the document passes by. For documents
// of strangers: a document type is refused (entities are declared in it), nothing is fetched, depth and text are
// bounded. Private to the XML sources; owned by one thread.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cxstream::sources {

// One text or attribute.
inline constexpr std::size_t xml_text_bytes_max = 1u << 20u;

using xml_attributes = std::vector<std::pair<std::string, std::string>>;

// Names are as they are written, with their prefix.
class xml_listener {
public:
  virtual ~xml_listener() = default;
  virtual void on_open(const std::string& name, const xml_attributes& attributes) = 0;
  // A text may come in parts.
  virtual void on_text(std::string_view part) = 0;
  virtual void on_close() = 0;
};

class xml_push_parser {
public:
  enum class encoding { as_declared, utf8 };

  // `listener` must outlive the parser.
  xml_push_parser(xml_listener& listener, encoding of);
  ~xml_push_parser();
  xml_push_parser(const xml_push_parser&) = delete;
  xml_push_parser& operator=(const xml_push_parser&) = delete;

  // Errors: malformed, with line and column.
  base::result<void> feed(std::string_view piece);
  base::result<void> finish();
  // Ends the document here, from within a call to the listener; feed() then gives this error, with the place.
  void refuse(const std::string& why);

  // Of what is being told, from 1.
  std::uint64_t line() const;
  std::uint64_t column() const;

private:
  struct callbacks;
  struct context;
  base::result<void> pass(std::string_view piece, bool is_last);

  xml_listener& listener_;
  std::unique_ptr<context> context_;
  std::size_t depth_ = 0;
  std::size_t text_bytes_ = 0; // of the text that is being told
  std::string name_;
  xml_attributes attributes_;
  std::string fault_; // the first, with its place
};

} // namespace cxstream::sources
