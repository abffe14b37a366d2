// Reads a sink's settings (text by name) into typed values and remembers the first thing that is wrong, with the line
// of the configuration file where it is known. Plain value; no thread owns it.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "security/secrets/secret.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace cxstream::connectors {

// Inclusive bounds of a number.
template <class T>
struct bounds {
  T lowest;
  T highest;
};

class settings {
public:
  // Names in the sink that are not `known` are an error (see check()).
  settings(const config::sink_config& sink, std::span<const std::string_view> known);

  // A text that may be absent.
  std::string text(std::string_view name, std::string_view fallback = {});
  // A text that must be there and not be empty.
  std::string required(std::string_view name);
  // One of `choices`, the first of which is the default.
  std::string choice(std::string_view name, std::span<const std::string_view> choices);
  // A whole number.
  std::uint64_t number(std::string_view name, std::uint64_t fallback, bounds<std::uint64_t> allowed);
  // A number of bytes: "65536", "512KiB", "64MiB", "1GiB".
  std::uint64_t bytes(std::string_view name, std::uint64_t fallback, bounds<std::uint64_t> allowed);
  // A duration: "250ms", "5s", "2m", "1h".
  std::chrono::milliseconds duration(std::string_view name, std::chrono::milliseconds fallback,
                                     bounds<std::chrono::milliseconds> allowed);
  // A secret: the text itself, or where it is (security/secrets/secret.hpp). None when it is absent.
  security::secret secret(std::string_view name);
  // Names separated by commas or spaces; none when it is absent.
  std::set<std::string, std::less<>> names(std::string_view name);
  // Records what is wrong with a setting; only the first is kept.
  void wrong(std::string_view name, std::string_view what);

  // The first thing that was wrong, as invalid_argument.
  base::result<void> check() const;

private:
  const std::string* find(std::string_view name) const;

  const config::sink_config& sink_;
  std::string first_error_;
};

} // namespace cxstream::connectors
