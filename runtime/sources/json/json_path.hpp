// A plain jq path, such as .detail.id, .a[0], ."odd name", .["x"]?, .tags[] or $payload.app: looked up directly in a
// tree, without jq. Plain values; thread-safe.
//
// It differs from jq in one thing, on purpose: what is not there is told from what is null, and where jq fails (a
// member of a text, [] over null) there is nothing.
#pragma once

#include "sources/cell_arena.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cxstream::sources {

// What paths begin at.
struct json_roots {
  const cell* record = nullptr;  // "."
  const cell* payload = nullptr; // $payload; the record's own where `each` splits nothing
  const cell* headers = nullptr; // $headers
};

class json_path {
public:
  // Empty when the expression is more than a plain path.
  static std::optional<json_path> parse(std::string_view expression);

  // Absent, null, a value of the tree, or `several` (with [] in the path). A null on the way makes the whole null.
  cell find(const json_roots& roots, cell_arena& arena) const;

private:
  enum class root { record, payload, headers };
  struct step {
    enum class kind { member, index, items } what = kind::member;
    std::string name;
    long index = 0; // from the end when negative
  };

  struct spread {
    std::vector<cell> values;
    bool is_there = false; // an array, or null in its place
  };

  static bool take_step(std::string_view& rest, step& out);
  static cell advance(const cell& from, const step& by);
  void gather(cell from, std::size_t at, spread& out) const;

  root root_ = root::record;
  std::vector<step> steps_;
  bool is_spread_ = false; // has an items step
};

} // namespace cxstream::sources
