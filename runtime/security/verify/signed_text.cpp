#include "security/verify/signed_text.hpp"

#include <algorithm>

namespace cxstream::security {

namespace {

base::error wrong(std::string_view pattern, const std::string& why) {
  return {base::error_code::invalid_argument, "the signed text \"" + std::string(pattern) + "\" " + why};
}

} // namespace

base::result<signed_text::part> signed_text::placeholder(std::string_view name) {
  if (name == "body")
    return part::body;
  if (name == "timestamp")
    return part::timestamp;
  if (name == "id")
    return part::id;
  if (name == "target")
    return part::target;
  return base::error{base::error_code::invalid_argument, {}};
}

base::result<signed_text> signed_text::make(std::string_view pattern) {
  signed_text out;
  auto rest = pattern;
  while (!rest.empty()) {
    const auto open = std::min(rest.find('{'), rest.size());
    if (open > 0)
      out.pieces_.push_back({part::text, std::string(rest.substr(0, open))});
    rest.remove_prefix(open);
    if (rest.empty())
      break;
    const auto close = rest.find('}');
    const auto name = rest.substr(1, close == std::string_view::npos ? close : close - 1);
    const auto kind = placeholder(name);
    if (close == std::string_view::npos || !kind)
      return wrong(pattern, "holds {" + std::string(name) + "; known are {body}, {timestamp}, {id} and {target}");
    out.pieces_.push_back({*kind, {}});
    rest.remove_prefix(close + 1);
  }
  for (const auto kind : {part::body, part::timestamp, part::id, part::target}) {
    const auto times = std::count_if(out.pieces_.begin(), out.pieces_.end(), [&](auto& p) { return p.kind == kind; });
    if (times > 1)
      return wrong(pattern, "holds a placeholder twice; each may be there once");
    if (times == 0 && kind == part::body)
      return wrong(pattern, "must hold {body}; else anybody could send any body under an old signature");
  }
  const auto id = std::find_if(out.pieces_.begin(), out.pieces_.end(), [](auto& p) { return p.kind == part::id; });
  if (id != out.pieces_.end() && std::next(id) != out.pieces_.end()) {
    if (std::next(id)->kind != part::text)
      return wrong(pattern, "must hold a separator, such as a full stop, behind {id}");
    out.after_id_ = std::next(id)->text;
  }
  return out;
}

bool signed_text::is_ambiguous(std::string_view id) const {
  return !after_id_.empty() && id.find(after_id_) != std::string_view::npos;
}

std::vector<std::string_view> signed_text::filled(const values& with) const {
  std::vector<std::string_view> out;
  out.reserve(pieces_.size());
  for (const auto& p : pieces_) {
    switch (p.kind) {
      case part::text:
        out.push_back(p.text);
        break;
      case part::id:
        out.push_back(with.id);
        break;
      case part::timestamp:
        out.push_back(with.timestamp);
        break;
      case part::body:
        out.push_back(with.body);
        break;
      case part::target:
        out.push_back(with.target);
        break;
    }
  }
  return out;
}

bool signed_text::uses(part kind) const {
  return std::any_of(pieces_.begin(), pieces_.end(), [&](auto& p) { return p.kind == kind; });
}

} // namespace cxstream::security
