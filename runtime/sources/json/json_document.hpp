// A JSON text as a tree of cells: numbers exactly as they are written, texts must be UTF-8. Owned by one thread; memory
// is kept from one text to the next.
#pragma once

#include "base/result.hpp"
#include "sources/cell_arena.hpp"
#include "sources/digest.hpp"

#include <memory>
#include <string>

namespace cxstream::sources {

// Deeper nesting is refused: what walks the tree may use the stack.
inline constexpr std::size_t json_depth_max = 200;

class json_document {
public:
  json_document();
  ~json_document();
  json_document(const json_document&) = delete;
  json_document& operator=(const json_document&) = delete;

  // Replaces the tree; a byte order mark is skipped. Errors: malformed, with line and column; the tree is then a null.
  base::result<void> parse(std::string_view text);

  const cell& root() const {
    return root_;
  }
  // Lives as long as the tree.
  cell_arena& arena() {
    return arena_;
  }

private:
  class builder;
  cell_arena arena_;
  cell root_;
  std::unique_ptr<builder> builder_;
};

// Compact JSON. Precondition: a tree, so nothing absent, several or failed in it.
std::string to_json(const cell& tree);
// Adds everything that the tree says; ("1") and (1) differ.
void add_content(digester& digest, const cell& tree);

} // namespace cxstream::sources
