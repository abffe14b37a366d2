#include "schema/compatibility.hpp"

#include <algorithm>
#include <map>

namespace cxstream::tools {

namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptorProto;
using google::protobuf::ServiceDescriptorProto;

// Everything of a set by its full name, wherever it is declared: a message may move to another file.
struct contract {
  std::map<std::string, const DescriptorProto*> messages;
  std::map<std::string, const EnumDescriptorProto*> enums;
  std::map<std::string, const ServiceDescriptorProto*> services;

  explicit contract(const FileDescriptorSet& set) {
    for (const auto& file : set.file()) {
      const std::string in = file.package().empty() ? "" : file.package() + ".";
      for (const auto& message : file.message_type())
        add(message, in);
      for (const auto& values : file.enum_type())
        enums[in + values.name()] = &values;
      for (const auto& service : file.service())
        services[in + service.name()] = &service;
    }
  }

private:
  void add(const DescriptorProto& message, const std::string& in) {
    messages[in + message.name()] = &message;
    for (const auto& nested : message.nested_type())
      add(nested, in + message.name() + ".");
    for (const auto& values : message.enum_type())
      enums[in + message.name() + "." + values.name()] = &values;
  }
};

// reserved_range ends are exclusive in messages and inclusive in enums.
template <class Declaration>
bool reserves(const Declaration& by, int number, const std::string& name, int past_the_end) {
  const bool number_is = std::any_of(by.reserved_range().begin(), by.reserved_range().end(), [&](const auto& range) {
    return number >= range.start() && number < range.end() + past_the_end;
  });
  return number_is && std::find(by.reserved_name().begin(), by.reserved_name().end(), name) != by.reserved_name().end();
}

std::string type_of(const FieldDescriptorProto& field) {
  auto text = FieldDescriptorProto::Type_Name(field.type());
  return field.type_name().empty() ? text : text + " " + field.type_name();
}

// Those of a oneof and `optional` ones know whether they were set.
std::string presence_of(const FieldDescriptorProto& field, const DescriptorProto& in) {
  if (field.proto3_optional())
    return "optional";
  return field.has_oneof_index() ? "of oneof " + in.oneof_decl(field.oneof_index()).name() : "plain";
}

std::string json_name_of(const FieldDescriptorProto& field) {
  return field.has_json_name() ? field.json_name() : field.name();
}

template <class List, class Is>
auto find(const List& list, Is is) -> decltype(&*list.begin()) {
  const auto found = std::find_if(list.begin(), list.end(), is);
  return found == list.end() ? nullptr : &*found;
}

class comparison {
public:
  void message(const std::string& name, const DescriptorProto& was, const DescriptorProto& is) {
    for (const auto& field : was.field())
      this->field(name + "." + field.name(), field, was, is);
    still_reserved(name, was, is);
  }

  void values(const std::string& name, const EnumDescriptorProto& was, const EnumDescriptorProto& is) {
    still_reserved(name, was, is);
    for (const auto& value : was.value()) {
      const auto* same = find(is.value(), [&](const auto& v) { return v.number() == value.number(); });
      if (same == nullptr && !reserves(is, value.number(), value.name(), 1))
        add(name + "." + value.name(), "is gone; reserve its number " + std::to_string(value.number()) +
                                           " and its name in the enum, or bring it back");
      else if (same != nullptr && same->name() != value.name() && find(is.value(), [&](const auto& v) {
                                                                    return v.number() == value.number() &&
                                                                           v.name() == value.name();
                                                                  }) == nullptr)
        add(name + "." + value.name(), "is called " + same->name() + " now; JSON carries the name, keep it");
    }
  }

  void service(const std::string& name, const ServiceDescriptorProto& was, const ServiceDescriptorProto& is) {
    for (const auto& method : was.method()) {
      const auto full = name + "." + method.name();
      const auto* now = find(is.method(), [&](const auto& m) { return m.name() == method.name(); });
      if (now == nullptr) {
        add(full, "is gone; programs call it, bring it back");
        continue;
      }
      differs(full, "its request", method.input_type(), now->input_type());
      differs(full, "its answer", method.output_type(), now->output_type());
      differs(full, "its streaming", streaming_of(method), streaming_of(*now));
    }
  }

  template <class Map, class Compare>
  void all(const Map& was, const Map& is, const std::string& what, Compare compare) {
    for (const auto& [name, before] : was) {
      const auto now = is.find(name);
      if (now == is.end())
        add(name, "the " + what + " is gone; bring it back");
      else
        compare(name, *before, *now->second);
    }
  }

  std::vector<std::string> found;

private:
  static std::string streaming_of(const MethodDescriptorProto& method) {
    return std::string(method.client_streaming() ? "stream" : "one") + " to " +
           (method.server_streaming() ? "stream" : "one");
  }

  void field(const std::string& name, const FieldDescriptorProto& was, const DescriptorProto& was_in,
             const DescriptorProto& is_in) {
    const auto* is = find(is_in.field(), [&](const auto& f) { return f.number() == was.number(); });
    if (is == nullptr) {
      const auto* moved = find(is_in.field(), [&](const auto& f) { return f.name() == was.name(); });
      if (moved != nullptr)
        differs(name, "its number", std::to_string(was.number()), std::to_string(moved->number()));
      else if (!reserves(is_in, was.number(), was.name(), 0))
        add(name, "is gone; write `reserved " + std::to_string(was.number()) + "; reserved \"" + was.name() +
                      "\";` in its message, or bring it back");
      return;
    }
    differs(name, "its name", was.name(), is->name());
    differs(name, "its type", type_of(was), type_of(*is));
    differs(name, "its label", FieldDescriptorProto::Label_Name(was.label()),
            FieldDescriptorProto::Label_Name(is->label()));
    differs(name, "its presence", presence_of(was, was_in), presence_of(*is, is_in));
    if (was.name() == is->name())
      differs(name, "its JSON name", json_name_of(was), json_name_of(*is));
  }

  void differs(const std::string& name, const std::string& what, const std::string& was, const std::string& is) {
    if (was != is)
      add(name, what + " was " + was + " and is " + is + "; undo that and add something new instead");
  }

  // A reservation that is withdrawn today is forgotten tomorrow, when somebody gives the number another meaning.
  template <class Declaration>
  void still_reserved(const std::string& name, const Declaration& was, const Declaration& is) {
    for (const auto& range : was.reserved_range())
      if (find(is.reserved_range(),
               [&](const auto& r) { return r.start() <= range.start() && r.end() >= range.end(); }) == nullptr)
        add(name, "number " + std::to_string(range.start()) +
                      " is not reserved any more, and once meant something else; reserve it again");
    for (const auto& gone : was.reserved_name())
      if (find(is.reserved_name(), [&](const auto& n) { return n == gone; }) == nullptr)
        add(name, "the name " + gone + " is not reserved any more, and once meant something else; reserve it again");
  }

  void add(const std::string& name, const std::string& what) {
    found.push_back(name + ": " + what);
  }
};

} // namespace

std::vector<std::string> breaks(const FileDescriptorSet& baseline, const FileDescriptorSet& today) {
  const contract was(baseline);
  const contract is(today);
  comparison compared;
  compared.all(was.messages, is.messages, "message",
               [&](const auto& name, const auto& a, const auto& b) { compared.message(name, a, b); });
  compared.all(was.enums, is.enums, "enum",
               [&](const auto& name, const auto& a, const auto& b) { compared.values(name, a, b); });
  compared.all(was.services, is.services, "service",
               [&](const auto& name, const auto& a, const auto& b) { compared.service(name, a, b); });
  return std::move(compared.found);
}

} // namespace cxstream::tools
