// Environment variables in configuration values. Pure, given the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::config {

// Value of a variable; empty when it is not set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

// The environment of the process.
environment process_environment();

struct interpolated {
  std::string text;
  std::string problem; // what is wrong and what to do; empty when all is well
};

// Replaces ${NAME} by the variable, and ${NAME:-default} by the variable or, where it is not set or empty, by the
// default.
// "$${" stands for "${". What a variable holds is not interpolated again.
interpolated interpolate(std::string_view text, const environment& variables);

} // namespace cxstream::config
