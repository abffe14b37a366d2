#include "config/interpolate.hpp"

#include <algorithm>
#include <cstdlib>

namespace cxstream::config {

namespace {

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// The value of what stands between "${" and "}".
interpolated value_of(std::string_view inner, const environment& variables) {
  const auto separator = inner.find(":-");
  const std::string name(inner.substr(0, separator));
  if (!is_name(name))
    return {{},
            "\"${" + std::string(inner) +
                "}\" names no variable; write ${NAME} or ${NAME:-default}, or $${ for a plain ${"};
  auto value = variables(name);
  if (separator != inner.npos)
    return {value && !value->empty() ? *std::move(value) : std::string(inner.substr(separator + 2)), {}};
  if (!value)
    return {{},
            "the environment variable " + name + " is not set; set it, or give a default: ${" + name + ":-default}"};
  return {*std::move(value), {}};
}

} // namespace

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): nothing in cxstream calls setenv
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
}

interpolated interpolate(std::string_view text, const environment& variables) {
  interpolated out;
  for (;;) {
    const auto start = text.find("${");
    if (start == text.npos)
      break;
    if (start > 0 && text[start - 1] == '$') {
      out.text.append(text.substr(0, start - 1)).append("${");
      text.remove_prefix(start + 2);
      continue;
    }
    const auto end = text.find('}', start);
    if (end == text.npos)
      return {{}, "\"${\" has no \"}\"; write ${NAME}, or $${ for a plain ${"};
    auto value = value_of(text.substr(start + 2, end - start - 2), variables);
    if (!value.problem.empty())
      return value;
    out.text.append(text.substr(0, start)).append(value.text);
    text.remove_prefix(end + 1);
  }
  out.text.append(text);
  return out;
}

} // namespace cxstream::config
