#include "unit/transport/loopback.hpp"

#include <thread>

namespace cxstream::transport::test {
namespace {

class SubscribeStream : public Loopback {
protected:
  void connect() {
    start();
    context.set_deadline(std::chrono::system_clock::now() + patience);
    stub = v1::SubscribeService::NewStub(channel);
    stream = stub->Subscribe(&context);
  }
  void begin(const std::string& name) {
    v1::SubscribeRequest request;
    request.mutable_start()->set_name(name);
    ASSERT_TRUE(stream->Write(request));
  }
  void expect_end(grpc::StatusCode code, const std::string& text) {
    v1::SubscribeResponse response;
    EXPECT_FALSE(stream->Read(&response));
    const auto status = stream->Finish();
    EXPECT_EQ(status.error_code(), code);
    EXPECT_NE(status.error_message().find(text), std::string::npos) << status.error_message();
  }

  grpc::ClientContext context;
  std::unique_ptr<v1::SubscribeService::Stub> stub;
  std::unique_ptr<grpc::ClientReaderWriter<v1::SubscribeRequest, v1::SubscribeResponse>> stream;
};

TEST_F(SubscribeStream, BringsEventsInOrderAndTakesAcknowledgementsRefusalsAndSeeks) {
  connect();
  begin("crm");
  ASSERT_TRUE(subscribers.wait_for_sessions(1));
  std::vector<std::string> events;
  for (int i = 0; i < 100; ++i)
    events.push_back(an_event("T-" + std::to_string(i)).SerializeAsString());
  ASSERT_TRUE(subscribers.wait_for_requests(1));
  subscribers.listener()->on_events(events);
  int seen = 0;
  v1::SubscribeResponse response;
  while (seen < 100 && stream->Read(&response))
    for (const auto& event : response.events())
      EXPECT_EQ(event.ticket_id(), "T-" + std::to_string(seen++));
  v1::SubscribeRequest request;
  request.mutable_ack()->add_up_to()->set_offset(99);
  ASSERT_TRUE(stream->Write(request));
  request.mutable_nack()->set_reason("cannot");
  ASSERT_TRUE(stream->Write(request));
  request.mutable_seek()->set_start_at(v1::EARLIEST);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(subscribers.wait_for_requests(4));
  const auto requests = subscribers.requests();
  EXPECT_EQ(requests[0].start().name(), "crm");
  EXPECT_EQ(requests[1].ack().up_to(0).offset(), 99U);
  EXPECT_EQ(requests[2].nack().reason(), "cannot");
  EXPECT_EQ(requests[3].seek().start_at(), v1::EARLIEST);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(subscribers.wait_for_sessions(0));
}

TEST_F(SubscribeStream, PutsNoMoreIntoOneMessageThanAClientReceives) {
  connect();
  begin("bi");
  ASSERT_TRUE(subscribers.wait_for_requests(1));
  auto event = an_event("T-1");
  event.set_account_id(std::string(60'000, 'a'));
  subscribers.listener()->on_events(std::vector<std::string>(100, event.SerializeAsString()));
  int seen = 0;
  v1::SubscribeResponse response;
  while (seen < 100 && stream->Read(&response)) {
    EXPECT_LE(response.ByteSizeLong(), (1U << 20U) + 64U);
    seen += response.events_size();
  }
  EXPECT_EQ(seen, 100);
}

TEST_F(SubscribeStream, MustBeginWithStart) {
  connect();
  v1::SubscribeRequest request;
  request.mutable_ack();
  ASSERT_TRUE(stream->Write(request));
  expect_end(grpc::INVALID_ARGUMENT, "first request must be `start`");
}

TEST_F(SubscribeStream, StartsOnlyOnce) {
  connect();
  begin("crm");
  begin("crm");
  expect_end(grpc::INVALID_ARGUMENT, "sent before");
  EXPECT_TRUE(subscribers.wait_for_sessions(0));
}

TEST_F(SubscribeStream, RefusesBytesThatAreNoRequest) {
  start();
  const auto raw = open_raw(subscribe_method, context);
  ASSERT_TRUE(raw->Write(bytes_of("\x0a\x7f short")));
  grpc::ByteBuffer bytes;
  EXPECT_FALSE(raw->Read(&bytes));
  EXPECT_EQ(raw->Finish().error_code(), grpc::INVALID_ARGUMENT);
}

TEST_F(SubscribeStream, SaysWhenAnotherStreamHoldsTheName) {
  subscribers.refusal = base::error{base::error_code::already_exists, "\"crm\" is connected elsewhere"};
  connect();
  begin("crm");
  expect_end(grpc::ALREADY_EXISTS, "connected elsewhere");
}

TEST_F(SubscribeStream, WritesWhatIsPendingBeforeTheNodeClosesIt) {
  connect();
  begin("crm");
  ASSERT_TRUE(subscribers.wait_for_requests(1));
  subscribers.listener()->on_events({an_event("T-1").SerializeAsString()});
  subscribers.listener()->on_closed({base::error_code::failed_precondition, "the subscription was deleted"});
  v1::SubscribeResponse response;
  ASSERT_TRUE(stream->Read(&response));
  expect_end(grpc::FAILED_PRECONDITION, "deleted");
}

TEST_F(SubscribeStream, DisconnectsTheConsumerThatGoesAway) {
  connect();
  begin("crm");
  ASSERT_TRUE(subscribers.wait_for_sessions(1));
  ASSERT_TRUE(subscribers.wait_for_requests(1));
  context.TryCancel();
  EXPECT_TRUE(subscribers.wait_for_sessions(0));
  subscribers.listener()->on_events({"too late"});
}

TEST_F(SubscribeStream, LetsGoOfASessionThatOpensAfterTheConsumerLeft) {
  subscribers.hold_open = true;
  connect();
  begin("crm");
  ASSERT_TRUE(subscribers.wait_for_requests(1));
  context.TryCancel();
  stream->Finish();
  server->shutdown(patience);
  struct session final : ports::subscriber_session {
    void ack(v1::AckEvents) override {
    }
    void nack(v1::NackEvents) override {
    }
    void seek(v1::SeekSubscription) override {
    }
  };
  std::shared_ptr<ports::subscriber_session> late = std::make_shared<session>();
  const std::weak_ptr<ports::subscriber_session> watched = late;
  subscribers.held(std::move(late));
  EXPECT_TRUE(watched.expired());
}

TEST_F(SubscribeStream, EndsAtOnceForAShutdownThoughEventsWait) {
  connect();
  begin("crm");
  ASSERT_TRUE(subscribers.wait_for_requests(1));
  server->stop_intake(); // concerns publishers only
  subscribers.listener()->on_events({an_event("T-1").SerializeAsString()});
  v1::SubscribeResponse response;
  ASSERT_TRUE(stream->Read(&response));
  auto event = an_event("T-2");
  event.set_account_id(std::string(60'000, 'a'));
  subscribers.listener()->on_events(std::vector<std::string>(1'000, event.SerializeAsString()));
  std::jthread closing([&] { server->shutdown(patience); });
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::UNAVAILABLE);
}

} // namespace
} // namespace cxstream::transport::test
