// The fields of plain structs, found by the compiler: to fill every one of them, and to compare them without using
// inspect(). A field that is added to a message is filled and compared from then on.
#pragma once

#include "ports/event_bytes.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace cxstream::actors::fields {

struct anything {
  template <class T>
  operator T() const;
};

template <class T, class... Args>
constexpr std::size_t count() {
  if constexpr (requires { T{Args{}..., anything{}}; })
    return count<T, Args..., anything>();
  else
    return sizeof...(Args);
}

template <class T>
constexpr bool is_struct = std::is_aggregate_v<T>;

// References to all fields.
template <class T>
auto of(T& x) {
  constexpr auto n = count<std::remove_const_t<T>>();
  static_assert(n <= 8, "a message of more fields: add a line here");
  if constexpr (n == 0) {
    return std::tie();
  } else if constexpr (n == 1) {
    auto& [a] = x;
    return std::tie(a);
  } else if constexpr (n == 2) {
    auto& [a, b] = x;
    return std::tie(a, b);
  } else if constexpr (n == 3) {
    auto& [a, b, c] = x;
    return std::tie(a, b, c);
  } else if constexpr (n == 4) {
    auto& [a, b, c, d] = x;
    return std::tie(a, b, c, d);
  } else if constexpr (n == 5) {
    auto& [a, b, c, d, e] = x;
    return std::tie(a, b, c, d, e);
  } else if constexpr (n == 6) {
    auto& [a, b, c, d, e, f] = x;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (n == 7) {
    auto& [a, b, c, d, e, f, g] = x;
    return std::tie(a, b, c, d, e, f, g);
  } else {
    auto& [a, b, c, d, e, f, g, h] = x;
    return std::tie(a, b, c, d, e, f, g, h);
  }
}

template <class T>
struct element_of_vector;
template <class T>
struct element_of_vector<std::vector<T>> {
  using type = T;
};
template <class T>
concept vector_like = requires {
  typename element_of_vector<T>::type;
};
template <class T>
concept shared_like = requires(T x) {
  std::shared_ptr(x);
}
&&requires {
  typename T::element_type;
};
template <class T>
concept number_like = requires(T x) {
  typename T::rep;
  x.value;
};

// Gives every leaf a value of its own that is not its default.
template <class T>
void fill(T& x, std::uint64_t& next) {
  const auto n = ++next;
  if constexpr (std::is_same_v<T, bool>)
    x = !x;
  else if constexpr (std::is_enum_v<T>)
    x = static_cast<T>(2);
  else if constexpr (std::is_arithmetic_v<T>)
    x = static_cast<T>(n + 100);
  else if constexpr (std::is_same_v<T, std::string>)
    x = std::string("bytes\0\xff", 7) + std::to_string(n);
  else if constexpr (number_like<T>)
    x.value = static_cast<typename T::rep>(n + 100);
  else if constexpr (std::is_same_v<T, std::chrono::sys_time<std::chrono::microseconds>>)
    x = T{std::chrono::microseconds{n + 100}};
  else if constexpr (std::is_same_v<T, ports::event_bytes>)
    x = T("bytes " + std::to_string(n),
          {base::from_us(static_cast<std::int64_t>(n)), base::from_us(77), base::from_us(78)});
  else if constexpr (vector_like<T>) {
    x.resize(2);
    for (auto& element : x)
      fill(element, next);
  } else if constexpr (shared_like<T>) {
    auto value = std::make_shared<std::remove_const_t<typename T::element_type>>();
    fill(*value, next);
    x = std::move(value);
  } else {
    static_assert(is_struct<T>, "a kind of field that cannot be filled yet");
    std::apply([&](auto&... each) { (fill(each, next), ...); }, of(x));
  }
}

template <class T>
bool same(const T& a, const T& b) {
  if constexpr (vector_like<T>) {
    if (a.size() != b.size())
      return false;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (!same(a[i], b[i]))
        return false;
    return true;
  } else if constexpr (shared_like<T>) {
    return (a == nullptr) == (b == nullptr) && (!a || same(*a, *b));
  } else if constexpr (std::is_same_v<T, ports::event_bytes>) {
    return a == b && a.times() == b.times();
  } else if constexpr (is_struct<T>) {
    return std::apply(
        [&](const auto&... left) {
          return std::apply([&](const auto&... right) { return (same(left, right) && ...); }, of(b));
        },
        of(a));
  } else {
    return a == b;
  }
}

} // namespace cxstream::actors::fields
