#include "transport/http/http_router.hpp"

#include <optional>

namespace cxstream::transport {
namespace {

// What stands for the pattern's {…}, empty where it has none; absent when the path is another.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  const auto open = pattern.find('{');
  if (open == std::string_view::npos)
    return pattern == path ? std::optional(std::string_view{}) : std::nullopt;
  const auto behind = pattern.substr(pattern.find('}') + 1);
  if (path.size() < open + behind.size() || !path.starts_with(pattern.substr(0, open)) || !path.ends_with(behind))
    return std::nullopt;
  const auto part = path.substr(open, path.size() - behind.size() - open);
  return part.empty() || part.find('/') != std::string_view::npos ? std::nullopt : std::optional(part);
}

} // namespace

std::variant<http_router::found, http_response> http_router::find(std::string_view method,
                                                                  std::string_view target) const {
  const auto path = path_of(target);
  std::string allowed;
  std::string all;
  for (const auto& route : routes_) {
    if (const auto captured = match(route.path, path)) {
      if (route.method == method)
        return found{&route, *captured};
      allowed += (allowed.empty() ? "" : ", ") + route.method;
    }
    all += (all.empty() ? "" : ", ") + route.method + " " + route.path;
  }
  if (allowed.empty())
    return http_error(404, "not_found", "nothing is at " + std::string(path) + "; there is: " + all);
  auto response = http_error(405, "method_not_allowed",
                             std::string(path) + " does not take " + std::string(method) + ": use " + allowed);
  response.headers.push_back({"Allow", allowed});
  return response;
}

} // namespace cxstream::transport
