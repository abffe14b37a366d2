// URLs with parameters, by libcurl's URL functions. Pure; thread-safe.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace cxstream::pollers {

// `path` below the site; slashes between the two count once.
std::string below(std::string_view site, std::string_view path);

// The URL with name=value behind its query, encoded. Precondition: a URL that check_site() let pass.
std::string with_parameter(const std::string& url, std::string_view name, std::string_view value);

// Errors: invalid_argument, when it is not an http or https URL.
base::result<void> check_site(const std::string& url);

// A link out of an answer, made absolute. Errors: malformed, when it leads to another site than `from`: credentials
// would go with it.
base::result<std::string> follow(const std::string& from, const std::string& link);

} // namespace cxstream::pollers
