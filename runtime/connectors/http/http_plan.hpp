// The settings that every sink over HTTP has. docs/operating.md explains them.
#pragma once

#include "connectors/http/http_client.hpp"
#include "connectors/settings.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

constexpr std::array<std::string_view, 7> http_setting_names{
    "connect_timeout", "timeout", "ca_file", "client_certificate", "client_key", "proxy", "allow_private"};

// A kind's own names and those of every HTTP sink, for `settings`.
std::vector<std::string_view> with_http_settings(std::span<const std::string_view> own);

// Reads them; what is wrong is noted in `s`.
http_settings read_http_settings(settings& s);

// A URL that must be there (http or https); what is wrong is noted in `s`.
std::string read_url(settings& s, std::string_view name);

} // namespace cxstream::connectors
