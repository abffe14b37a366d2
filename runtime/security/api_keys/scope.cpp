#include "security/api_keys/scope.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cxstream::security {

namespace {

constexpr std::array<std::pair<std::string_view, scope::kind>, 5> words{{{"ingest", scope::kind::ingest},
                                                                         {"subscribe", scope::kind::subscribe},
                                                                         {"read", scope::kind::read},
                                                                         {"operate", scope::kind::operate},
                                                                         {"admin", scope::kind::admin}}};

bool is_named(scope::kind kind) {
  return kind == scope::kind::ingest || kind == scope::kind::subscribe;
}

// A name is a configured one; "*" inside it would look like a pattern and be none.
bool is_name(std::string_view text) {
  return text == "*" || (!text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) > ' ' && c != '*' && c != ',' && c != ':';
         }));
}

} // namespace

base::result<scope> parse_scope(std::string_view text) {
  const auto colon = text.find(':');
  const auto word = text.substr(0, colon);
  const auto found = std::find_if(words.begin(), words.end(), [&](auto& w) { return w.first == word; });
  const auto has_name = colon != std::string_view::npos;
  if (found == words.end() || has_name != is_named(found->second) || (has_name && !is_name(text.substr(colon + 1))))
    return base::error{base::error_code::invalid_argument,
                       "\"" + std::string(text) +
                           "\" is no scope; there are: ingest:SOURCE or ingest:*, subscribe:SINK or subscribe:*, read, "
                           "operate (and read), admin (everything)"};
  return scope{found->second, has_name ? std::string(text.substr(colon + 1)) : std::string()};
}

std::string to_text(const scope& of) {
  const auto found = std::find_if(words.begin(), words.end(), [&](auto& w) { return w.second == of.what; });
  return std::string(found->first) + (is_named(of.what) ? ":" + of.name : "");
}

bool allows(const scope& held, const scope& needed) {
  if (held.what == scope::kind::admin)
    return true;
  if (held.what == scope::kind::operate && needed.what == scope::kind::read)
    return true;
  return held.what == needed.what && (!is_named(held.what) || held.name == "*" || held.name == needed.name);
}

} // namespace cxstream::security
