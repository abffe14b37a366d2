#include "security/secrets/secret.hpp"

#include "security/secrets/command_output.hpp"

#include <array>
#include <cstdlib>
#include <utility>

namespace cxstream::security {

namespace {

using base::error;
using base::error_code;

// Without the line break that an editor or a command puts behind it.
base::result<std::string> trimmed(std::string text, const std::string& shown) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  if (text.empty())
    return error{error_code::invalid_argument, "the secret " + shown + " is empty"};
  return text;
}

} // namespace

base::result<secret> secret::of(std::string_view setting) {
  static constexpr std::array<std::pair<std::string_view, place>, 4> places{
      {{"text:", place::text}, {"env:", place::environment}, {"file:", place::file}, {"command:", place::command}}};
  secret out;
  if (setting.empty())
    return out;
  out.place_ = place::text;
  out.where_ = setting;
  for (const auto& [prefix, named] : places) {
    if (!setting.starts_with(prefix))
      continue;
    out.place_ = named;
    out.where_ = setting.substr(prefix.size());
    if (out.where_.empty() && named != place::text)
      return error{error_code::invalid_argument, "\"" + std::string(prefix) + "\" is followed by nothing"};
  }
  return out;
}

base::result<std::string> secret::value() {
  switch (place_) {
    case place::none:
      return std::string();
    case place::text:
      return where_;
    case place::environment:
      break;
    case place::file: {
      const auto stamp = stamp_of(where_);
      if (!stamp)
        return error{stamp.err().code, "the secret " + shown() + " cannot be read: " + stamp.err().message};
      if (known_ && *stamp == stamp_)
        return *known_;
      break;
    }
    case place::command:
      if (known_ && std::chrono::steady_clock::now() - read_at_ < command_every)
        return *known_;
      break;
  }
  known_.reset();
  auto got = read();
  if (!got)
    return got;
  known_ = *got;
  read_at_ = std::chrono::steady_clock::now();
  return got;
}

void secret::suspect() {
  if (place_ != place::text)
    known_.reset();
}

std::string secret::shown() const {
  switch (place_) {
    case place::none:
      return "(none)";
    case place::text:
      return "(text)";
    case place::environment:
      return "env:" + where_;
    case place::file:
      return "file:" + where_;
    case place::command:
      break;
  }
  return "command:…"; // a command line may hold a secret of its own
}

base::result<std::string> secret::read() {
  if (place_ == place::environment) {
    const char* text = std::getenv(where_.c_str()); // NOLINT(concurrency-mt-unsafe): nothing in cxstream calls setenv
    if (text == nullptr)
      return error{error_code::not_found, "the environment variable " + where_ + " is not set"};
    return trimmed(text, shown());
  }
  if (place_ == place::file) {
    auto file = read_file(where_);
    if (!file)
      return error{file.err().code, "the secret " + shown() + " cannot be read: " + file.err().message};
    if (file->bytes.size() > secret_bytes_max)
      return error{error_code::invalid_argument, "the secret " + shown() + " is too large"};
    stamp_ = file->stamp;
    return trimmed(std::move(file->bytes), shown());
  }
  auto output = output_of_command(where_, command_timeout, secret_bytes_max);
  if (!output)
    return error{output.err().code, "the command of a secret failed: " + output.err().message};
  return trimmed(*std::move(output), shown());
}

} // namespace cxstream::security
