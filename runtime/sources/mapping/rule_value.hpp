// What a rule of a mapping gives for a record. Owned by one thread.
#pragma once

#include "sources/mapping/mapping.hpp"

namespace cxstream::sources {

// absent and null say nothing; a null can clear a field.
enum class presence : unsigned char { absent, null, value, failed };

struct rule_value {
  presence state = presence::absent;
  std::string_view text; // the value, or why there is none
  bool is_boolean = false;
};

class rule_evaluator {
public:
  rule_evaluator(const mapping& rules, record& from) : rules_(rules), from_(from) {
  }

  // One value. The view lives until the next call, or as long as the record. An array or an object fails, and so do
  // several values.
  rule_value single(const value_rule& rule);

  // Each value of a list, arrays spread, as tags want it: appended to `out`. `state` is value when there was one.
  rule_value list(const value_rule& rule, std::vector<std::string>& out);

  // Whether the record is dropped. failed: the condition cannot be told.
  rule_value holds(const drop_rule& rule);

private:
  rule_value raw(const value_rule& rule);
  rule_value built(const value_rule& rule);
  rule_value single_of(const cell& found);
  rule_value refined(const value_rule& rule, rule_value value);
  rule_value spread(const value_rule& rule, const cell& found, std::vector<std::string>& out);
  rule_value split(const value_rule& rule, std::string_view text, std::vector<std::string>& out);

  const mapping& rules_;
  record& from_;
  std::string template_;
  std::string prefixed_;
  std::string why_;
};

} // namespace cxstream::sources
