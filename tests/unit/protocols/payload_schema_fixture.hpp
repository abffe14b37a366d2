// Payloads for payload_schema tests, written as JSON-like trees of C++ values, and a schema that is fed with them a
// minute apart. The trees own their texts; a list of observations lives as long as its tree.
#pragma once

#include "protocols/payload_schema.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace cxstream::protocols {

struct tree {
  value_kind kind = value_kind::null;
  std::string text = {};
  std::vector<std::pair<std::string, tree>> inside = {};
};

inline tree text(std::string of) {
  return {value_kind::text, std::move(of)};
}
inline tree number() {
  return {value_kind::number};
}
inline tree object(std::vector<std::pair<std::string, tree>> members) {
  return {value_kind::object, {}, std::move(members)};
}
inline tree list(std::vector<tree> elements) {
  tree out{value_kind::list};
  for (auto& element : elements)
    out.inside.emplace_back("", std::move(element));
  return out;
}

inline void observe(const tree& of, std::size_t within, std::string_view key, std::vector<observation>& out) {
  const auto me = out.size();
  out.push_back({within, key, of.kind, of.text});
  for (const auto& [name, child] : of.inside)
    observe(child, me, name, out);
}

inline std::vector<observation> observe(const tree& of) {
  std::vector<observation> out;
  observe(of, 0, "", out);
  return out;
}

// {"id": n, "status": open|pending|solved in turn, …more}
inline tree ticket(std::size_t n, std::vector<std::pair<std::string, tree>> more = {}) {
  static constexpr std::array statuses{"open", "pending", "solved"};
  std::vector<std::pair<std::string, tree>> members{{"id", number()}, {"status", text(statuses[n % 3])}};
  members.insert(members.end(), more.begin(), more.end());
  return object(std::move(members));
}

struct fed_schema {
  explicit fed_schema(schema_policy policy = {}) : policy_(policy), schema(policy) {
  }
  payload_judgement take(const tree& payload) {
    now += std::chrono::seconds{1};
    return schema.take(observe(payload), true, now);
  }
  // So many tickets of the usual shape; none may say anything.
  void take_usual(std::size_t count, const std::vector<std::pair<std::string, tree>>& more = {}) {
    for (std::size_t n = 0; n < count; ++n) {
      const auto judged = take(ticket(n, more));
      ASSERT_FALSE(judged.held) << n << ": " << judged.why;
      ASSERT_TRUE(judged.noted.empty()) << n << ": " << judged.noted.front().ShortDebugString();
    }
  }
  // As after a restart of the node.
  void restart() {
    v1::SourceSchema kept;
    kept.ParseFromString(schema.state().SerializeAsString());
    schema = payload_schema(policy_, kept);
  }

  schema_policy policy_;
  payload_schema schema;
  base::timestamp now = base::from_us(1'700'000'000'000'000);
};

MATCHER_P2(IsDrift, kind, path, "") {
  *result_listener << arg.ShortDebugString();
  return arg.kind() == kind && arg.path() == path;
}

} // namespace cxstream::protocols
