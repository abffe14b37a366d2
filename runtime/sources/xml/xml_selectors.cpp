#include "sources/xml/xml_selectors.hpp"

#include <charconv>
#include <cmath>
#include <sstream>

namespace cxstream::sources {

namespace {

// True when an element says that it is nothing (xsi:nil, of whatever prefix).
bool is_nil(const pugi::xml_node& node) {
  for (const auto& attribute : node.attributes()) {
    const std::string_view name = attribute.name();
    if (name == "nil" || name.ends_with(":nil"))
      return attribute.as_bool();
  }
  return false;
}

} // namespace

xml_selectors::xml_selectors(const std::vector<std::string>& selectors) {
  for (const auto& selector : selectors)
    queries_.emplace_back(selector.c_str());
}

cell xml_selectors::cell_of(const pugi::xpath_node& found) {
  if (found.attribute())
    return text_cell(arena_.keep(found.attribute().value()));
  if (is_nil(found.node()))
    return {cell_kind::null, 0, nullptr, {}, {}};
  return text_cell(arena_.keep(text_of_.evaluate_string(found)));
}

cell xml_selectors::number(double value) {
  char digits[64];
  if (!std::isfinite(value))
    return {cell_kind::null, 0, nullptr, {}, {}};
  const auto end = std::abs(value) < 1e15 && std::trunc(value) == value
                       ? std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(value)).ptr
                       : std::to_chars(digits, digits + sizeof digits, value).ptr;
  return {cell_kind::number, 0, nullptr, arena_.keep({digits, static_cast<std::size_t>(end - digits)}), {}};
}

cell xml_selectors::evaluate(selector_slot slot, pugi::xml_node from) {
  const auto& query = queries_[slot];
  switch (query.return_type()) {
    case pugi::xpath_type_number:
      return number(query.evaluate_number(from));
    case pugi::xpath_type_boolean:
      return {cell_kind::boolean, 0, nullptr, query.evaluate_boolean(from) ? "true" : "false", {}};
    case pugi::xpath_type_string:
      return text_cell(arena_.keep(query.evaluate_string(from)));
    default:
      break;
  }
  std::vector<cell> values;
  auto found = query.evaluate_node_set(from);
  found.sort();
  for (const auto& node : found)
    values.push_back(cell_of(node));
  if (values.empty())
    return {};
  return values.size() == 1 ? values.front() : arena_.keep(cell_kind::several, values);
}

std::vector<pugi::xml_node> xml_selectors::nodes(selector_slot slot, pugi::xml_node from) const {
  std::vector<pugi::xml_node> out;
  auto found = queries_[slot].evaluate_node_set(from);
  found.sort();
  for (const auto& node : found)
    if (node.node())
      out.push_back(node.node());
  return out;
}

std::string printed(pugi::xml_node node) {
  std::ostringstream out;
  node.print(out, "", pugi::format_raw);
  return out.str();
}

pugi::xml_node add_trace(pugi::xml_node event, pugi::xml_node trace) {
  auto copy = event.prepend_child("trace");
  for (const auto& attribute : trace.children())
    if (std::string_view(attribute.name()) != "event")
      copy.append_copy(attribute);
  return copy;
}

} // namespace cxstream::sources
