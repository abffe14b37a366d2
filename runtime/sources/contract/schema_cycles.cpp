#include "sources/contract/schema_cycles.hpp"

#include "sources/contract/schema_keywords.hpp"

#include <rapidjson/pointer.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace cxstream::sources {

namespace {

using rapidjson::Value;

// What they hold is applied to the very value that the schema is.
constexpr std::array<std::string_view, 3> lists{"allOf", "anyOf", "oneOf"};
constexpr std::array<std::string_view, 4> alternatives{"not", "if", "then", "else"};

class search {
public:
  explicit search(const Value& root) : root_(root) {
  }

  // Looks from every schema there is.
  void through(const Value& part) {
    if (circle_)
      return;
    if (part.IsArray()) {
      for (const auto& item : part.GetArray())
        through(item);
    } else if (part.IsObject()) {
      follow(part);
      for (const auto& member : part.GetObject())
        if (const std::string_view key(member.name.GetString(), member.name.GetStringLength());
            std::find(data_keywords.begin(), data_keywords.end(), key) == data_keywords.end())
          through(member.value);
    }
  }
  const std::optional<std::string>& circle() const {
    return circle_;
  }

private:
  static const Value* member(const Value& of, std::string_view name) {
    const auto found = of.FindMember(Value(name.data(), static_cast<rapidjson::SizeType>(name.size())));
    return found == of.MemberEnd() ? nullptr : &found->value;
  }

  void follow(const Value& schema) {
    if (circle_ || !schema.IsObject() || done_.contains(&schema))
      return;
    if (!under_way_.insert(&schema).second) {
      circle_ = last_reference_;
      return;
    }
    if (const auto* reference = member(schema, "$ref"); reference != nullptr && reference->IsString()) {
      last_reference_.assign(reference->GetString(), reference->GetStringLength());
      // One that leads nowhere is told when the schema is compiled.
      const rapidjson::Pointer pointer(last_reference_.c_str(), last_reference_.size());
      if (const auto* target = pointer.IsValid() ? pointer.Get(root_) : nullptr)
        follow(*target);
    } else {
      follow_in_place(schema);
    }
    under_way_.erase(&schema);
    done_.insert(&schema);
  }

  void follow_in_place(const Value& schema) {
    for (const auto key : lists)
      if (const auto* all = member(schema, key); all != nullptr && all->IsArray())
        for (const auto& one : all->GetArray())
          follow(one);
    for (const auto key : alternatives)
      if (const auto* one = member(schema, key))
        follow(*one);
    if (const auto* all = member(schema, "dependencies"); all != nullptr && all->IsObject())
      for (const auto& one : all->GetObject())
        follow(one.value);
  }

  const Value& root_;
  std::set<const Value*> under_way_;
  std::set<const Value*> done_;
  std::string last_reference_;
  std::optional<std::string> circle_;
};

} // namespace

std::optional<std::string> circular_reference(const Value& schema) {
  search found(schema);
  found.through(schema);
  return found.circle();
}

} // namespace cxstream::sources
