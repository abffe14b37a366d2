// SchemaService over a real socket.
#include "transport/grpc_server.hpp"

#include "unit/transport/loopback.hpp"

#include "cxstream/v1/schema.grpc.pb.h"

#include <gtest/gtest.h>

namespace cxstream::transport::test {
namespace {

struct one_source final : ports::schema_desk {
  void list_schemas(v1::ListSchemasRequest, ports::reply<v1::ListSchemasResponse> done) override {
    v1::ListSchemasResponse answer;
    answer.add_schemas()->set_source("desk");
    done(std::move(answer));
  }
  void get_schema(v1::GetSchemaRequest request, ports::reply<v1::GetSchemaResponse> done) override {
    v1::GetSchemaResponse answer;
    answer.mutable_summary()->set_source(request.source());
    done(std::move(answer));
  }
  void get_schema_timeline(v1::GetSchemaTimelineRequest request,
                           ports::reply<v1::GetSchemaTimelineResponse> done) override {
    v1::GetSchemaTimelineResponse answer;
    answer.add_drifts()->set_schema_version(request.limit());
    done(std::move(answer));
  }
  void accept_schema(v1::AcceptSchemaRequest request, ports::reply<v1::AcceptSchemaResponse> done) override {
    done(base::error{base::error_code::not_found, "no source is named \"" + request.source() + "\""});
  }
};

class SchemaEndpoint : public Loopback {
protected:
  SchemaEndpoint() {
    auto started = grpc_server::start(options, {gate, subscribers, queries, admin, nullptr, &desk});
    EXPECT_TRUE(started) << started.err().message;
    server = std::move(*started);
    stub = v1::SchemaService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials()));
  }
  ~SchemaEndpoint() override {
    server.reset();
  }

  one_source desk;
  std::unique_ptr<v1::SchemaService::Stub> stub;
};

TEST_F(SchemaEndpoint, PassesEachCallOnAndItsErrorBack) {
  v1::ListSchemasResponse all;
  grpc::ClientContext listing;
  ASSERT_TRUE(stub->ListSchemas(&listing, {}, &all).ok());
  EXPECT_EQ(all.schemas(0).source(), "desk");

  v1::GetSchemaRequest of;
  of.set_source("desk");
  v1::GetSchemaResponse one;
  grpc::ClientContext getting;
  ASSERT_TRUE(stub->GetSchema(&getting, of, &one).ok());
  EXPECT_EQ(one.summary().source(), "desk");

  v1::GetSchemaTimelineRequest changes;
  changes.set_limit(7);
  v1::GetSchemaTimelineResponse drifts;
  grpc::ClientContext asking;
  ASSERT_TRUE(stub->GetSchemaTimeline(&asking, changes, &drifts).ok());
  EXPECT_EQ(drifts.drifts(0).schema_version(), 7u);

  v1::AcceptSchemaRequest accept;
  accept.set_source("dsk");
  v1::AcceptSchemaResponse accepted;
  grpc::ClientContext accepting;
  const auto status = stub->AcceptSchema(&accepting, accept, &accepted);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no source is named \"dsk\"");
}

} // namespace
} // namespace cxstream::transport::test
