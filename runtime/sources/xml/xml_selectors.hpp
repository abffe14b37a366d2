// What the XPath selectors of a mapping find in an element. Private to the XML sources; owned by one thread.
#pragma once

#include "sources/cell_arena.hpp"
#include "sources/record.hpp"

#include <pugixml.hpp>

#include <string>
#include <vector>

namespace cxstream::sources {

class xml_selectors {
public:
  // The selectors were checked with the mapping.
  explicit xml_selectors(const std::vector<std::string>& selectors);

  // What the cells of earlier records were kept in ends here.
  void forget() {
    arena_.clear();
  }
  // Lives until forget().
  cell evaluate(selector_slot slot, pugi::xml_node from);
  // The elements it finds, in the order of the document.
  std::vector<pugi::xml_node> nodes(selector_slot slot, pugi::xml_node from) const;

private:
  cell cell_of(const pugi::xpath_node& found);
  cell number(double value);

  std::vector<pugi::xpath_query> queries_; // one a slot
  pugi::xpath_query text_of_{"string(.)"};
  cell_arena arena_;
};

// The element as text, without blanks of its own.
std::string printed(pugi::xml_node node);

// Puts what `trace` says of itself into an event of it, as its first child; returns that child.
pugi::xml_node add_trace(pugi::xml_node event, pugi::xml_node trace);

} // namespace cxstream::sources
