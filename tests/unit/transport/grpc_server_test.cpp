#include "unit/transport/loopback.hpp"

#include "cxstream/v1/admin.grpc.pb.h"
#include "cxstream/v1/query.grpc.pb.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <thread>

namespace cxstream::transport::test {
namespace {

class GrpcServer : public Loopback {
protected:
  // One unary call by name, in bytes.
  std::pair<grpc::Status, std::string> call(const std::string& method, const std::string& request) {
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    const auto bytes = bytes_of(request);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, method, grpc::StubOptions(), &bytes, &response,
                   [&](grpc::Status status) { done.set_value(std::move(status)); });
    auto status = done.get_future().get();
    return {std::move(status), response.Valid() ? flat(response) : ""};
  }
  // grpc.health.v1: HealthCheckRequest{service = 1}, HealthCheckResponse{status = 1: 1 SERVING, 2 NOT_SERVING}.
  std::string health(const std::string& service) {
    const std::string request =
        service.empty() ? "" : std::string("\x0a") + static_cast<char>(service.size()) + service;
    const auto [status, response] = call("/grpc.health.v1.Health/Check", request);
    if (!status.ok())
      return "error " + std::to_string(status.error_code());
    return response == "\x08\x01" ? "serving" : response == "\x08\x02" ? "not serving" : "unknown";
  }
};

TEST_F(GrpcServer, ReportsHealthOverallAndPerServiceUntilTheIntakeStops) {
  start();
  const std::vector<std::string> services{"", "cxstream.v1.IngestService", "cxstream.v1.SubscribeService",
                                          "cxstream.v1.QueryService", "cxstream.v1.AdminService"};
  for (const auto& service : services)
    EXPECT_EQ(health(service), "serving") << service;
  EXPECT_EQ(health("no.such.Service"), "error 5");
  server->stop_intake();
  for (const auto& service : services)
    EXPECT_EQ(health(service), "not serving") << service;
}

TEST_F(GrpcServer, ListsItsServicesByReflection) {
  start();
  grpc::ClientContext context;
  const grpc::internal::RpcMethod method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                         grpc::internal::RpcMethod::BIDI_STREAMING);
  const std::unique_ptr<raw_stream> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(channel.get(), method,
                                                                                            &context));
  const std::string list_services = "\x3a\x01*"; // ServerReflectionRequest.list_services
  ASSERT_TRUE(stream->Write(bytes_of(list_services)));
  grpc::ByteBuffer bytes;
  ASSERT_TRUE(stream->Read(&bytes));
  const auto names = flat(bytes);
  for (const char* service : {"cxstream.v1.IngestService", "cxstream.v1.SubscribeService", "cxstream.v1.QueryService",
                              "cxstream.v1.AdminService", "grpc.health.v1.Health"})
    EXPECT_NE(names.find(service), std::string::npos) << service;
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcServer, RefusesAnAddressThatIsInUseOrIsNone) {
  start();
  auto second = options;
  second.listen = "127.0.0.1:" + std::to_string(server->port());
  const auto taken = grpc_server::start(second, {gate, subscribers, queries, admin});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.err().code, base::error_code::io);
  EXPECT_NE(taken.err().message.find(second.listen), std::string::npos) << taken.err().message;
  second.listen = "no such host:x";
  EXPECT_FALSE(grpc_server::start(second, {gate, subscribers, queries, admin}));
}

TEST_F(GrpcServer, PassesQueriesOnAndTheirErrorsBack) {
  queries.on_get_ticket = [](const v1::GetTicketRequest& request, ports::reply<v1::GetTicketResponse> done) {
    if (request.ticket_id() != "INC1")
      return done(base::error{base::error_code::not_found, "no event of this ticket"});
    v1::GetTicketResponse response;
    response.mutable_ticket()->set_ticket_id("INC1");
    std::thread([done, response] { done(response); }).detach();
  };
  start();
  const auto stub = v1::QueryService::NewStub(channel);
  v1::GetTicketRequest request;
  v1::GetTicketResponse response;
  request.set_ticket_id("INC1");
  grpc::ClientContext known;
  ASSERT_TRUE(stub->GetTicket(&known, request, &response).ok());
  EXPECT_EQ(response.ticket().ticket_id(), "INC1");
  request.set_ticket_id("INC2");
  grpc::ClientContext unknown;
  const auto status = stub->GetTicket(&unknown, request, &response);
  EXPECT_EQ(status.error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no event of this ticket");
}

TEST_F(GrpcServer, AnswersUnavailableWhenTheNodeDropsARequest) {
  start();
  const auto stub = v1::AdminService::NewStub(channel);
  grpc::ClientContext context;
  v1::GetNodeResponse response;
  EXPECT_EQ(stub->GetNode(&context, {}, &response).error_code(), grpc::UNAVAILABLE);
}

TEST_F(GrpcServer, PassesAdminRequestsOn) {
  start();
  const auto stub = v1::AdminService::NewStub(channel);
  grpc::ClientContext context;
  v1::PauseSinkRequest request;
  request.set_sink("warehouse");
  v1::PauseSinkResponse response;
  ASSERT_TRUE(stub->PauseSink(&context, request, &response).ok());
  EXPECT_EQ(admin.paused, "warehouse");
}

TEST_F(GrpcServer, ExportsAllPagesOfDeadLettersOneByOne) {
  admin.on_export = [](const v1::ListDeadLettersRequest& request, ports::reply<v1::ListDeadLettersResponse> done) {
    EXPECT_EQ(request.selector().sink(), "crm");
    const int page = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    v1::ListDeadLettersResponse response;
    if (page != 1) // a page may be empty
      for (int i = 0; i < 3; ++i)
        response.add_dead_letters()->set_id(std::to_string(page) + "/" + std::to_string(i));
    if (page < 2)
      response.set_next_page_token(std::to_string(page + 1));
    done(std::move(response));
  };
  start();
  const auto stub = v1::AdminService::NewStub(channel);
  grpc::ClientContext context;
  v1::ExportDeadLettersRequest request;
  request.mutable_selector()->set_sink("crm");
  const auto reader = stub->ExportDeadLetters(&context, request);
  std::vector<std::string> ids;
  for (v1::ExportDeadLettersResponse response; reader->Read(&response);)
    ids.push_back(response.dead_letter().id());
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(ids, (std::vector<std::string>{"0/0", "0/1", "0/2", "2/0", "2/1", "2/2"}));
}

TEST_F(GrpcServer, EndsAnExportWithTheErrorOfAPage) {
  admin.on_export = [](const v1::ListDeadLettersRequest&, ports::reply<v1::ListDeadLettersResponse> done) {
    done(base::error{base::error_code::corrupt, "a dead letter cannot be read"});
  };
  start();
  const auto stub = v1::AdminService::NewStub(channel);
  grpc::ClientContext context;
  const auto reader = stub->ExportDeadLetters(&context, {});
  v1::ExportDeadLettersResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::DATA_LOSS);
}

TEST_F(GrpcServer, StopsAskingForPagesWhenTheClientWentAway) {
  std::atomic<int> pages = 0;
  admin.on_export = [&](const v1::ListDeadLettersRequest&, ports::reply<v1::ListDeadLettersResponse> done) {
    ++pages;
    v1::ListDeadLettersResponse response;
    response.add_dead_letters()->set_payload(std::string(60'000, 'p'));
    response.set_next_page_token("more"); // without end
    done(std::move(response));
  };
  start();
  const auto stub = v1::AdminService::NewStub(channel);
  grpc::ClientContext context;
  const auto reader = stub->ExportDeadLetters(&context, {});
  v1::ExportDeadLettersResponse response;
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::CANCELLED);
  server->shutdown(patience); // would wait for a call that goes on
  EXPECT_GE(pages, 10);
}

TEST_F(GrpcServer, CancelsWhatIsLeftWhenTheTimeForAShutdownIsOver) {
  ports::reply<v1::GetTicketResponse> kept;
  std::promise<void> asked;
  queries.on_get_ticket = [&](const v1::GetTicketRequest&, ports::reply<v1::GetTicketResponse> done) {
    kept = std::move(done);
    asked.set_value();
  };
  start();
  const auto stub = v1::QueryService::NewStub(channel);
  std::jthread client([&] {
    grpc::ClientContext context;
    v1::GetTicketResponse response;
    EXPECT_FALSE(stub->GetTicket(&context, {}, &response).ok());
  });
  asked.get_future().wait();
  server->shutdown(std::chrono::milliseconds(50));
  kept(v1::GetTicketResponse{}); // nobody is there any more
}

} // namespace
} // namespace cxstream::transport::test
