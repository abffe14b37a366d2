// result<T>: a value or an error, for every call that can fail. Plain values; no thread owns them.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace cxstream::base {

// What kind of failure it is. The table in error_table.hpp says for each what a caller may do about it.
enum class error_code {
  invalid_argument,    // the request itself is wrong; repeating it is useless
  malformed,           // bytes that are not what they claim to be
  not_found,           // no such thing
  already_exists,      // it is there already, or somebody else holds it
  failed_precondition, // not in this state
  resource_exhausted,  // disk or quota full; may pass
  unavailable,         // cannot now; may pass
  timeout,             // did not answer in time; may pass
  io,                  // the operating system refused
  corrupt,             // stored data is damaged
  unsupported_format,  // data written by a newer program
  cancelled,           // shutting down
  unauthenticated,     // no key, or a wrong one
  permission_denied,   // the key is not for this
  internal,            // a defect in cxstream
};

struct error {
  error_code code = error_code::internal;
  std::string message; // what is wrong, where, and what to do; for people

  template <class Inspector>
  friend auto inspect(Inspector& f, error& x) {
    return f(x.code, x.message);
  }
};

template <class T>
class [[nodiscard]] result {
public:
  result(T value) : state_(std::move(value)) {
  }
  result(error e) : state_(std::move(e)) {
  }

  explicit operator bool() const noexcept {
    return std::holds_alternative<T>(state_);
  }
  // Precondition: holds a value.
  T& operator*() & {
    return std::get<T>(state_);
  }
  const T& operator*() const& {
    return std::get<T>(state_);
  }
  T&& operator*() && {
    return std::get<T>(std::move(state_));
  }
  T* operator->() {
    return &std::get<T>(state_);
  }
  const T* operator->() const {
    return &std::get<T>(state_);
  }
  // Precondition: holds an error.
  const error& err() const {
    return std::get<error>(state_);
  }

private:
  std::variant<T, error> state_;
};

template <>
class [[nodiscard]] result<void> {
public:
  result() = default;
  result(error e) : error_(std::move(e)), failed_(true) {
  }

  explicit operator bool() const noexcept {
    return !failed_;
  }
  // Precondition: holds an error.
  const error& err() const {
    assert(failed_);
    return error_;
  }

private:
  error error_;
  bool failed_ = false;
};

} // namespace cxstream::base
