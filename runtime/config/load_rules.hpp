// Reads rules from YAML. examples/rules.yaml shows and explains the format.
#pragma once

#include "base/result.hpp"
#include "config/rule_document.hpp"

#include <string>
#include <string_view>

namespace cxstream::config {

// Errors as of load_config(): every mistake with its line.
base::result<rule_document> load_rules(const std::string& path);
// The same for a text; `name` stands for the file in messages.
base::result<rule_document> parse_rules(std::string_view text, const std::string& name);

} // namespace cxstream::config
