// Each rule of the contract's compatibility, with the smallest descriptors that break it.
#include "schema/compatibility.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

namespace cxstream::tools {
namespace {

using google::protobuf::FileDescriptorSet;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

FileDescriptorSet contract(const std::string& text) {
  FileDescriptorSet set;
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString("file { name: 'a.proto' package: 'a' " + text + " }", &set));
  return set;
}

std::string message(const std::string& inside) {
  return "message_type { name: 'M' " + inside + " }";
}

std::string field(const std::string& name, int number,
                  const std::string& rest = "type: TYPE_STRING label: LABEL_OPTIONAL") {
  return "field { name: '" + name + "' number: " + std::to_string(number) + " " + rest + " }";
}

std::vector<std::string> compare(const std::string& was, const std::string& is) {
  return breaks(contract(was), contract(is));
}

TEST(ContractCompatibility, AllowsWhatIsNew) {
  EXPECT_THAT(compare(message(field("x", 1)), message(field("x", 1) + field("y", 2)) + "message_type { name: 'N' }" +
                                                  "enum_type { name: 'E' value { name: 'Z' number: 0 } }" +
                                                  "service { name: 'S' }"),
              IsEmpty());
  EXPECT_THAT(compare(message(""), message("")), IsEmpty());
}

TEST(ContractCompatibility, AFieldGoesOnlyWhenItsNumberAndNameAreReserved) {
  const auto was = message(field("x", 1));
  EXPECT_THAT(compare(was, message("")), ElementsAre(HasSubstr("a.M.x: is gone; write `reserved 1; reserved \"x\";`")));
  EXPECT_THAT(compare(was, message("reserved_range { start: 1 end: 2 }")), ElementsAre(HasSubstr("a.M.x: is gone")));
  EXPECT_THAT(compare(was, message("reserved_name: 'x'")), ElementsAre(HasSubstr("a.M.x: is gone")));
  EXPECT_THAT(compare(was, message("reserved_range { start: 2 end: 9 } reserved_name: 'x'")),
              ElementsAre(HasSubstr("a.M.x: is gone")));
  EXPECT_THAT(compare(was, message("reserved_range { start: 1 end: 2 } reserved_name: 'x'")), IsEmpty());
}

TEST(ContractCompatibility, WhatIsReservedStaysSo) {
  EXPECT_THAT(compare(message("reserved_range { start: 1 end: 2 } reserved_name: 'x'"), message(field("y", 1))),
              ElementsAre(HasSubstr("a.M: number 1 is not reserved any more"),
                          HasSubstr("a.M: the name x is not reserved any more")));
  EXPECT_THAT(compare(message("reserved_range { start: 3 end: 5 }"), message("reserved_range { start: 2 end: 9 }")),
              IsEmpty());
  const auto values = [](const std::string& rest) {
    return "enum_type { name: 'E' value { name: 'Z' number: 0 } " + rest + " }";
  };
  EXPECT_THAT(compare(values("reserved_range { start: 1 end: 1 } reserved_name: 'X'"), values("")),
              ElementsAre(HasSubstr("a.E: number 1 is not reserved"), HasSubstr("a.E: the name X is not reserved")));
}

TEST(ContractCompatibility, AFieldKeepsItsNumberNameTypeLabelAndJsonName) {
  const auto was = message(field("x", 1));
  EXPECT_THAT(compare(was, message(field("x", 2))), ElementsAre(HasSubstr("its number was 1 and is 2")));
  EXPECT_THAT(compare(was, message(field("y", 1))), ElementsAre(HasSubstr("its name was x and is y")));
  EXPECT_THAT(compare(was, message(field("x", 1, "type: TYPE_BYTES label: LABEL_OPTIONAL"))),
              ElementsAre(HasSubstr("its type was TYPE_STRING and is TYPE_BYTES")));
  EXPECT_THAT(compare(was, message(field("x", 1, "type: TYPE_STRING label: LABEL_REPEATED"))),
              ElementsAre(HasSubstr("its label was LABEL_OPTIONAL and is LABEL_REPEATED")));
  EXPECT_THAT(compare(was, message(field("x", 1, "type: TYPE_STRING label: LABEL_OPTIONAL json_name: 'ex'"))),
              ElementsAre(HasSubstr("its JSON name was x and is ex")));
  const std::string of_a = "type: TYPE_MESSAGE label: LABEL_OPTIONAL type_name: '.a.A'";
  const std::string of_b = "type: TYPE_MESSAGE label: LABEL_OPTIONAL type_name: '.a.B'";
  EXPECT_THAT(compare(message(field("x", 1, of_a)), message(field("x", 1, of_b))),
              ElementsAre(HasSubstr("its type was TYPE_MESSAGE .a.A and is TYPE_MESSAGE .a.B")));
}

TEST(ContractCompatibility, AFieldKeepsItsPresence) {
  const std::string optional =
      field("x", 1, "type: TYPE_STRING label: LABEL_OPTIONAL proto3_optional: true oneof_index: 0") +
      "oneof_decl { name: '_x' }";
  const std::string in_oneof =
      field("x", 1, "type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0") + "oneof_decl { name: 'to' }";
  EXPECT_THAT(compare(message(field("x", 1)), message(optional)),
              ElementsAre(HasSubstr("its presence was plain and is optional")));
  EXPECT_THAT(compare(message(in_oneof), message(field("x", 1))),
              ElementsAre(HasSubstr("its presence was of oneof to and is plain")));
}

TEST(ContractCompatibility, AnEnumValueGoesOnlyWhenReservedAndKeepsItsName) {
  const std::string was = "enum_type { name: 'E' value { name: 'Z' number: 0 } value { name: 'ONE' number: 1 } }";
  const std::string less = "enum_type { name: 'E' value { name: 'Z' number: 0 } ";
  EXPECT_THAT(compare(was, less + "}"), ElementsAre(HasSubstr("a.E.ONE: is gone; reserve its number 1")));
  EXPECT_THAT(compare(was, less + "reserved_range { start: 1 end: 1 } reserved_name: 'ONE' }"), IsEmpty());
  EXPECT_THAT(compare(was, less + "value { name: 'UNO' number: 1 } }"),
              ElementsAre(HasSubstr("a.E.ONE: is called UNO now")));
}

TEST(ContractCompatibility, MessagesEnumsServicesAndCallsStay) {
  const std::string call = "method { name: 'Do' input_type: '.a.M' output_type: '.a.M' }";
  const auto was = message("nested_type { name: 'In' }") + "enum_type { name: 'E' } service { name: 'S' " + call + " }";
  EXPECT_THAT(compare(was, ""),
              ElementsAre("a.M: the message is gone; bring it back", "a.M.In: the message is gone; bring it back",
                          "a.E: the enum is gone; bring it back", "a.S: the service is gone; bring it back"));
  const auto same = message("nested_type { name: 'In' }") + "enum_type { name: 'E' } ";
  EXPECT_THAT(compare(was, same + "service { name: 'S' }"),
              ElementsAre(HasSubstr("a.S.Do: is gone; programs call it")));
  EXPECT_THAT(compare(was, same + "service { name: 'S' method { name: 'Do' input_type: '.a.N' output_type: '.a.O' "
                                  "server_streaming: true } }"),
              ElementsAre(HasSubstr("its request was .a.M and is .a.N"), HasSubstr("its answer was .a.M and is .a.O"),
                          HasSubstr("its streaming was one to one and is one to stream")));
}

TEST(ContractCompatibility, AMessageMayMoveToAnotherFile) {
  FileDescriptorSet moved;
  moved.add_file()->set_package("a");
  moved.mutable_file(0)->set_name("b.proto");
  moved.mutable_file(0)->add_message_type()->set_name("M");
  EXPECT_THAT(breaks(contract(message("")), moved), IsEmpty());
}

} // namespace
} // namespace cxstream::tools
