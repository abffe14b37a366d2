#include "protocols/schema_changes.hpp"

#include <algorithm>
#include <numeric>

namespace cxstream::protocols {

namespace {

constexpr std::uint64_t absent_in_a_row = 50;
constexpr std::uint64_t repetitions_min = 4;
constexpr auto text_bit = 1u << static_cast<unsigned>(value_kind::text);

unsigned known_kinds(const known_place& known) {
  unsigned bits = 0;
  for (std::size_t k = 0; k < value_kinds; ++k)
    bits |= known.kinds[k] > 0 ? 1u << k : 0u;
  return bits;
}

std::string kinds_text(unsigned kinds) {
  std::string out;
  for (std::size_t k = 0; k < value_kinds; ++k)
    if ((kinds & (1u << k)) != 0)
      out += (out.empty() ? "" : " or ") + std::string(kind_names[k]);
  return out;
}

} // namespace

schema_change new_field(const std::string& path, const fact& seen) {
  auto detail = kinds_text(seen.kinds);
  if (path == "*" || path.ends_with(".*"))
    detail += "; the keys here look like ids and count as one from now on";
  else if (!seen.texts.empty())
    detail += ", such as \"" + *seen.texts.begin() + "\"";
  return {v1::DRIFT_NEW_FIELD, path, seen.parent, seen.kinds, {}, false, std::move(detail)};
}

void new_types(const std::string& path, const fact& seen, const known_place& known, std::vector<schema_change>& out) {
  const auto before = known_kinds(known);
  for (unsigned bit = 1; bit < 1u << value_kinds; bit <<= 1u)
    if ((seen.kinds & ~before & bit) != 0)
      out.push_back({v1::DRIFT_TYPE_CHANGE,
                     path,
                     seen.parent,
                     bit,
                     {},
                     false,
                     kinds_text(bit) + "; was always " + kinds_text(before)});
}

void new_values(const std::string& path, const fact& seen, const known_place& known, std::vector<schema_change>& out) {
  const auto texts = known.kinds[static_cast<std::size_t>(value_kind::text)];
  if (known.free_text || known.values.empty() || texts < repetitions_min * known.values.size())
    return;
  const auto among = "the " + std::to_string(known.values.size()) + " values known";
  if (seen.long_text) {
    out.push_back(
        {v1::DRIFT_NEW_VALUE, path, seen.parent, 0, {}, false, "a long text, or very many; until now one of " + among});
    return;
  }
  for (const auto& text : seen.texts)
    if (!known.values.contains(text))
      out.push_back(
          {v1::DRIFT_NEW_VALUE, path, seen.parent, text_bit, text, false, "\"" + text + "\" is not among " + among});
}

bool went_missing(const known_place& known, std::uint64_t payload, std::uint64_t learn) {
  if (known.gone || known.last_payload < known.counted_from || known.last_payload + absent_in_a_row > payload)
    return false;
  const auto possible = known.last_payload - known.counted_from + 1;
  return possible >= learn && 100 * known.present >= 99 * possible;
}

schema_change missing_field(const std::string& path, const known_place& known) {
  const auto possible = std::max(known.last_payload + 1, known.counted_from + 1) - known.counted_from;
  return {v1::DRIFT_MISSING_FIELD,
          path,
          known.parent,
          0,
          {},
          false,
          "was in " + std::to_string(100 * known.present / possible) + " of 100 payloads, and in none of the last " +
              std::to_string(absent_in_a_row)};
}

std::string sentence(const schema_change& change) {
  const auto where = change.path.empty() ? "the payload itself" : "the field \"" + change.path + "\"";
  switch (change.kind) {
    case v1::DRIFT_NEW_FIELD:
      return where + " is new (" + change.detail + ")";
    case v1::DRIFT_TYPE_CHANGE:
      return where + " has a new type (" + change.detail + ")";
    case v1::DRIFT_NEW_VALUE:
      return where + " has a new value (" + change.detail + ")";
    default:
      return where + " is missing (" + change.detail + ")";
  }
}

} // namespace cxstream::protocols
