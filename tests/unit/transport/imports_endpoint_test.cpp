// ImportService over a real socket.
#include "transport/grpc_server.hpp"
#include "unit/transport/kept_desk.hpp"
#include "unit/transport/loopback.hpp"

#include "cxstream/v1/imports.grpc.pb.h"

#include <gtest/gtest.h>

namespace cxstream::transport::test {
namespace {

using service = v1::ImportService;

// Keys "sender" and "other" may ingest, "reader" may read, "operator" may all of it.
class four_keys final : public ports::access_guard {
public:
  base::result<ports::grant> check(std::string_view key, ports::permission needed, std::string_view,
                                   std::string_view) override {
    const bool sends = needed == ports::permission::ingest && (key == "sender" || key == "other");
    const bool reads = needed == ports::permission::read && key == "reader";
    if (sends || reads || key == "operator")
      return ports::grant{std::string(key), sends ? std::vector<std::string>{"desk"} : std::vector<std::string>{}};
    return base::error{base::error_code::permission_denied, "not for this"};
  }
};

class ImportsEndpoint : public Loopback {
protected:
  ImportsEndpoint() {
    auto started = grpc_server::start(options, {gate, subscribers, queries, admin, &guard, nullptr, &desk});
    EXPECT_TRUE(started) << started.err().message;
    server = std::move(*started);
    stub = service::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials()));
  }
  ~ImportsEndpoint() override {
    server.reset();
  }
  static std::unique_ptr<grpc::ClientContext> as(const std::string& key) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(std::chrono::system_clock::now() + patience);
    context->AddMetadata("x-api-key", key);
    return context;
  }
  // Sends these messages; the answer, or how it failed.
  grpc::Status upload(const std::vector<v1::UploadImportRequest>& messages, const std::string& key = "sender") {
    const auto context = as(key);
    const auto stream = stub->UploadImport(context.get(), &answer);
    for (const auto& message : messages)
      if (!stream->Write(message))
        break;
    stream->WritesDone();
    return stream->Finish();
  }
  template <class Request, class Response>
  grpc::Status ask(grpc::Status (service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const std::string& key) {
    Request request;
    if constexpr (requires { request.set_id(""); })
      request.set_id("job-1");
    Response response;
    return (stub.get()->*method)(as(key).get(), request, &response);
  }

  kept_desk desk;
  four_keys guard;
  std::unique_ptr<service::Stub> stub;
  v1::UploadImportResponse answer;
};

v1::UploadImportRequest begin(const std::string& name, const std::string& mapping_yaml = "") {
  v1::UploadImportRequest out;
  out.mutable_begin()->set_name(name);
  out.mutable_begin()->set_mapping_yaml(mapping_yaml);
  return out;
}
v1::UploadImportRequest data(const std::string& bytes) {
  v1::UploadImportRequest out;
  out.set_data(bytes);
  return out;
}
v1::UploadImportRequest end(std::uint64_t bytes) {
  v1::UploadImportRequest out;
  out.set_end(bytes);
  return out;
}

TEST_F(ImportsEndpoint, TakesAFilePieceByPiece) {
  std::vector<v1::UploadImportRequest> messages{begin("log")};
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 30; ++i)
    messages.push_back(data(piece));
  messages.push_back(end(3'000'000));
  const auto status = upload(messages);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(answer.job().id(), "job-1");
  EXPECT_EQ(desk.last().bytes.size(), 3'000'000u);
  EXPECT_EQ(desk.last().from.sources, std::vector<std::string>{"desk"});
}

TEST_F(ImportsEndpoint, AStreamThatEndsWithoutItsEndMakesNoJob) {
  EXPECT_EQ(upload({begin("a"), data("half")}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(upload({begin("a"), data("half"), end(5)}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(upload({data("half")}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(upload({end(0)}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(upload({begin("a"), begin("b")}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(desk.list().empty());
  EXPECT_TRUE(desk.wait_for_abandoned(3));
}

TEST_F(ImportsEndpoint, AClientThatIsCutOffMakesNoJob) {
  {
    const auto context = as("sender");
    const auto stream = stub->UploadImport(context.get(), &answer);
    stream->Write(begin("a"));
    stream->Write(data("half"));
    context->TryCancel();
    stream->Finish();
  }
  // The cancel may come before the first message.
  const bool has_begun = desk.last().spec.name() == "a";
  EXPECT_TRUE(!has_begun || desk.wait_for_abandoned(1));
  EXPECT_TRUE(desk.list().empty());
}

TEST_F(ImportsEndpoint, ADiskThatIsFullEndsTheUploadAtOnce) {
  desk.refuse_piece = {base::error_code::resource_exhausted, "full"};
  EXPECT_EQ(upload({begin("a"), data("x"), end(1)}).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ImportsEndpoint, AMappingOfOnesOwnNeedsTheScopeOperate) {
  ASSERT_TRUE(upload({begin("a", "name: x"), end(0)}).ok());
  EXPECT_FALSE(desk.last().from.may_program);
  ASSERT_TRUE(upload({begin("a", "name: x"), end(0)}, "operator").ok());
  EXPECT_TRUE(desk.last().from.may_program);
}

TEST_F(ImportsEndpoint, KeysOpenWhatTheyAreFor) {
  const auto denied = grpc::StatusCode::PERMISSION_DENIED;
  EXPECT_EQ(upload({begin("a"), end(0)}, "reader").error_code(), denied);
  desk.created_by = "sender";
  ASSERT_TRUE(upload({begin("a"), end(0)}).ok());
  EXPECT_TRUE(ask(&service::Stub::GetImport, "reader").ok());
  EXPECT_TRUE(ask(&service::Stub::GetImport, "sender").ok()) << "who made it";
  EXPECT_EQ(ask(&service::Stub::GetImport, "other").error_code(), denied);
  EXPECT_EQ(ask(&service::Stub::ListImports, "sender").error_code(), denied);
  for (const auto* key : {"reader", "sender"}) {
    EXPECT_EQ(ask(&service::Stub::PauseImport, key).error_code(), denied);
    EXPECT_EQ(ask(&service::Stub::DeleteImport, key).error_code(), denied);
    EXPECT_EQ(ask(&service::Stub::StartImport, key).error_code(), denied);
  }
  EXPECT_TRUE(ask(&service::Stub::PauseImport, "operator").ok());
  EXPECT_TRUE(ask(&service::Stub::ResumeImport, "operator").ok());
  EXPECT_TRUE(ask(&service::Stub::StartImport, "operator").ok());
  EXPECT_TRUE(ask(&service::Stub::CancelImport, "operator").ok());
}

TEST_F(ImportsEndpoint, AWatchTellsEachChangeAndEndsWhenTheJobRunsNoMore) {
  ASSERT_TRUE(upload({begin("a"), end(0)}).ok());
  const auto context = as("reader");
  v1::WatchImportRequest request;
  request.set_id("job-1");
  const auto stream = stub->WatchImport(context.get(), request);
  v1::WatchImportResponse news;
  ASSERT_TRUE(stream->Read(&news));
  EXPECT_EQ(news.job().state(), v1::IMPORT_QUEUED);
  desk.change("job-1", v1::IMPORT_RUNNING);
  ASSERT_TRUE(stream->Read(&news));
  EXPECT_EQ(news.job().state(), v1::IMPORT_RUNNING);
  desk.change("job-1", v1::IMPORT_DONE);
  ASSERT_TRUE(stream->Read(&news));
  EXPECT_EQ(news.job().state(), v1::IMPORT_DONE);
  EXPECT_FALSE(stream->Read(&news));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ImportsEndpoint, AWatchEndsWithTheNode) {
  ASSERT_TRUE(upload({begin("a"), end(0)}).ok());
  const auto context = as("reader");
  v1::WatchImportRequest request;
  request.set_id("job-1");
  const auto stream = stub->WatchImport(context.get(), request);
  v1::WatchImportResponse news;
  ASSERT_TRUE(stream->Read(&news));
  server->stop_intake();
  EXPECT_FALSE(stream->Read(&news));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ImportsEndpoint, RejectsComeWhole) {
  ASSERT_TRUE(upload({begin("a"), end(0)}).ok());
  const auto context = as("reader");
  v1::ExportImportRejectsRequest request;
  request.set_id("job-1");
  const auto stream = stub->ExportImportRejects(context.get(), request);
  v1::ExportImportRejectsResponse piece;
  std::string all;
  while (stream->Read(&piece))
    all += piece.ndjson();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(all, "{\"row\":1}\n{\"row\":2}\n");
}

} // namespace
} // namespace cxstream::transport::test
