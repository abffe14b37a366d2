// An XPath that only names elements, so that it can be followed while a document passes by: /log/trace/event,
// trace/event (below the root element), //event, .//event; * and *[local-name() = 'event'] as steps. Plain values;
// thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::sources {

class element_path {
public:
  // Empty when the expression is more than that.
  static std::optional<element_path> parse(std::string_view xpath);

  // Whether the last of these is named: the open elements from the root on, with their prefixes.
  bool names(std::span<const std::string> open) const;

private:
  struct step {
    std::string name; // empty: any
    bool is_local = false;
  };
  static std::optional<step> take_step(std::string_view& rest);

  bool is_anywhere_ = false; // the steps are the end of the way, not all of it
  std::size_t above_ = 0;    // elements that lie over the first step at least (exactly, unless anywhere)
  std::vector<step> steps_;
};

} // namespace cxstream::sources
