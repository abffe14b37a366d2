// What cxstream relies on in protobuf.
#include "cxstream/v1/event.pb.h"
#include "cxstream/v1/ingest.pb.h"
#include "cxstream/v1/storage.pb.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

namespace cxstream {
namespace {

TEST(Protobuf, SerializedMessagesThatFollowEachOtherMerge) {
  v1::CanonicalEvent event;
  event.set_ticket_id("T");
  event.add_raw_tags("a");
  event.mutable_pipeline()->set_taxonomy_version("7");
  event.mutable_pipeline()->set_offset(1);
  v1::CanonicalEvent stamp;
  stamp.mutable_pipeline()->set_offset(2);
  stamp.mutable_pipeline()->set_late(true);
  stamp.add_raw_tags("b");
  v1::CanonicalEvent both;
  ASSERT_TRUE(both.ParseFromString(event.SerializeAsString() + stamp.SerializeAsString()));
  EXPECT_EQ(both.ticket_id(), "T");
  EXPECT_EQ(both.pipeline().taxonomy_version(), "7");
  EXPECT_EQ(both.pipeline().offset(), 2u);
  EXPECT_TRUE(both.pipeline().late());
  EXPECT_EQ(both.raw_tags_size(), 2);
}

TEST(Protobuf, BytesOfAMessageReadAsTheMessage) {
  v1::PublishRequest typed;
  typed.set_batch_id(3);
  typed.add_events()->set_ticket_id("T");
  v1::RawPublishRequest raw;
  ASSERT_TRUE(raw.ParseFromString(typed.SerializeAsString()));
  EXPECT_EQ(raw.batch_id(), 3u);
  EXPECT_EQ(raw.events(0), typed.events(0).SerializeAsString());
}

TEST(Protobuf, RefusesTextsThatAreNotUtf8AndLetsBytesBe) {
  const google::protobuf::LogSilencer quiet;
  const std::string broken("\xc3\x28");
  v1::CanonicalEvent event;
  event.set_ticket_id(broken);
  EXPECT_FALSE(v1::CanonicalEvent().ParseFromString(event.SerializeAsString()));
  v1::LogEntry entry;
  entry.set_event(broken);
  EXPECT_TRUE(v1::LogEntry().ParseFromString(entry.SerializeAsString()));
}

TEST(Protobuf, AbsentAndEmptyAreDifferentForOptionalFields) {
  v1::CanonicalEvent event;
  event.set_account_id("");
  v1::CanonicalEvent read;
  ASSERT_TRUE(read.ParseFromString(event.SerializeAsString()));
  EXPECT_TRUE(read.has_account_id());
  EXPECT_FALSE(read.has_status());
}

TEST(Protobuf, FieldsItDoesNotKnowAreKept) {
  v1::CanonicalEvent event;
  event.set_ticket_id("T");
  const auto bytes = event.SerializeAsString() + std::string("\xfa\x3f\x03new", 6); // field 1023
  v1::CanonicalEvent read;
  ASSERT_TRUE(read.ParseFromString(bytes));
  EXPECT_EQ(read.SerializeAsString(), bytes);
}

} // namespace
} // namespace cxstream
