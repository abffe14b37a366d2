// The suite that every connector registers with; world.hpp says how.
#pragma once

#include "conformance/requirements.hpp"
#include "conformance/world.hpp"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace cxstream::conformance {

struct trial {
  requirement required;
  std::function<std::unique_ptr<world>()> make;
};

inline void PrintTo(const trial& t, std::ostream* out) {
  *out << "C" << t.required.number;
}

class ConnectorConformance : public testing::TestWithParam<trial> {};

// Some of them, for a world that is made for nothing else.
template <class World>
auto requirements_of(std::initializer_list<int> numbers) {
  std::vector<trial> out;
  for (const auto& r : requirements())
    if (std::ranges::find(numbers, r.number) != numbers.end())
      out.push_back({r, [] { return std::make_unique<World>(); }});
  return testing::ValuesIn(out);
}

template <class World>
auto every_requirement() {
  std::vector<trial> out;
  for (const auto& r : requirements())
    out.push_back({r, [] { return std::make_unique<World>(); }});
  return testing::ValuesIn(out);
}

inline std::string name_of_requirement(const testing::TestParamInfo<trial>& info) {
  const auto number = std::to_string(info.param.required.number);
  return "C" + std::string(number.size() < 2 ? "0" : "") + number + info.param.required.name;
}

} // namespace cxstream::conformance
