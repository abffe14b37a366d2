#include "model/content_hash.hpp"

#include "unit/model/sample_event.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cxstream::model {
namespace {

// Stored data and the place of every ticket depend on these values: they never change.
TEST(PartitionOf, StaysTheSameForEver) {
  EXPECT_EQ(partition_of("INC0000045", 64).value, 31);
  EXPECT_EQ(partition_of("INC0000135", 64).value, 46);
  EXPECT_EQ(partition_of("Case 1", 64).value, 53);
  EXPECT_EQ(partition_of("", 64).value, 2);
  EXPECT_EQ(partition_of("\xF0\x9F\x8E\xAB-42", 64).value, 60);
  EXPECT_EQ(partition_of("INC0000045", 7).value, 1);
  EXPECT_EQ(partition_of("INC0000045", 65'535).value, 19361);
}

TEST(PartitionOf, SpreadsTicketsEvenly) {
  std::vector<int> tickets(64);
  for (int i = 0; i < 64'000; ++i)
    ++tickets.at(partition_of("INC" + std::to_string(i), 64).value);
  for (const int count : tickets)
    EXPECT_NEAR(count, 1'000, 200);
}

TEST(KeyHash, StaysTheSameForEver) {
  EXPECT_EQ(base::to_hex(key_hash("id:evt-1")), "72a5bc828b9ab3e0f28aae9a903ec398");
}

TEST(ContentHash, StaysTheSameForEver) {
  EXPECT_EQ(content_hash(sample_event()), 228176069806646872u);
}

TEST(ContentHash, DoesNotSeeTheOrderOfMapEntriesOrFieldsOnTheWire) {
  const auto whole = sample_event();
  auto head = whole;
  head.clear_custom_metrics();
  for (const auto& order : {std::vector<std::string>{"handle_time_s", "messages", "reopens"},
                            {"reopens", "messages", "handle_time_s"},
                            {"messages", "reopens", "handle_time_s"}}) {
    std::string bytes;
    for (const auto& name : order) {
      v1::CanonicalEvent one;
      (*one.mutable_custom_metrics())[name] = whole.custom_metrics().at(name);
      bytes += one.SerializeAsString();
    }
    bytes += head.SerializeAsString(); // metrics before everything else: no serializer writes it so
    v1::CanonicalEvent parsed;
    ASSERT_TRUE(parsed.ParseFromString(bytes));
    EXPECT_EQ(content_hash(parsed), content_hash(whole));
  }
}

TEST(ContentHash, DoesNotSeeThePipeline) {
  auto e = sample_event();
  e.mutable_pipeline()->set_ticket_sequence(9);
  EXPECT_EQ(content_hash(e), content_hash(sample_event()));
}

TEST(ContentHash, DoesNotLookAtTheMappingThatMadeTheEvent) {
  auto e = sample_event();
  e.set_mapping_version("desk@2");
  EXPECT_EQ(content_hash(e), content_hash(sample_event()));
}

TEST(ContentHash, SeesEveryOtherChange) {
  std::set<std::uint64_t> hashes = {content_hash(sample_event())};
  const auto changed = [&](auto change) {
    auto e = sample_event();
    change(e);
    EXPECT_TRUE(hashes.insert(content_hash(e)).second);
  };
  changed([](auto& e) { e.set_status("closed"); });
  changed([](auto& e) { e.clear_status(); });
  changed([](auto& e) { e.set_status(""); });
  changed([](auto& e) { e.set_version(4); });
  changed([](auto& e) { e.mutable_custom_metrics()->at("messages") = 6; });
  changed([](auto& e) { e.mutable_sentiment()->clear_score(); });
  changed([](auto& e) { e.mutable_raw_tags()->SwapElements(0, 1); });
  changed([](auto& e) { e.mutable_cleared()->add_paths("driver"); });
  changed([](auto& e) { e.set_ticket_id(std::string(60'000, 'x')); });
}

// Sets one field of a message to something that is not its default, whatever its type.
void fill(google::protobuf::Message& m, const google::protobuf::FieldDescriptor& field) {
  using type = google::protobuf::FieldDescriptor;
  const auto& reflection = *m.GetReflection();
  auto* sub = field.cpp_type() != type::CPPTYPE_MESSAGE ? nullptr
              : field.is_repeated()                     ? reflection.AddMessage(&m, &field)
                                                        : reflection.MutableMessage(&m, &field);
  if (sub != nullptr) {
    for (int i = 0; i < sub->GetDescriptor()->field_count(); ++i)
      fill(*sub, *sub->GetDescriptor()->field(i));
    return;
  }
  switch (field.cpp_type()) {
    case type::CPPTYPE_STRING:
      return field.is_repeated() ? reflection.AddString(&m, &field, "x") : reflection.SetString(&m, &field, "x");
    case type::CPPTYPE_DOUBLE:
      return reflection.SetDouble(&m, &field, 0.5);
    case type::CPPTYPE_UINT64:
      return reflection.SetUInt64(&m, &field, 1);
    case type::CPPTYPE_INT64:
      return reflection.SetInt64(&m, &field, 1);
    case type::CPPTYPE_INT32:
      return reflection.SetInt32(&m, &field, 1);
    default:
      FAIL() << "teach this test the type of " << field.full_name();
  }
}

TEST(ContentHash, SeesEveryFieldOfTheContract) {
  std::set<std::uint64_t> hashes = {content_hash({})};
  const auto& type = *v1::CanonicalEvent::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->name() == "pipeline" || type.field(i)->name() == "mapping_version")
      continue;
    v1::CanonicalEvent e;
    fill(e, *type.field(i));
    EXPECT_TRUE(hashes.insert(content_hash(e)).second) << type.field(i)->name();
  }
}

TEST(ContentHash, SeesFieldsOfANewerSchemaWhereverTheyAre) {
  const auto added = [](std::uint64_t value, auto message_of) {
    auto e = sample_event();
    google::protobuf::Message& m = message_of(e);
    m.GetReflection()->MutableUnknownFields(&m)->AddVarint(900, value);
    return content_hash(e);
  };
  using event = v1::CanonicalEvent;
  const std::set<std::uint64_t> hashes = {
      content_hash(sample_event()),
      added(
          1, [](event & e) -> auto& { return e; }),
      added(
          2, [](event & e) -> auto& { return e; }),
      added(
          1, [](event & e) -> auto& { return *e.mutable_sentiment(); }),
      added(
          1, [](event & e) -> auto& { return *e.mutable_effort(); }),
  };
  EXPECT_EQ(hashes.size(), 5u);
}

} // namespace
} // namespace cxstream::model
