#include "unit/transport/loopback.hpp"

#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <thread>

namespace cxstream::transport::test {
namespace {

class PublishCall : public Loopback {
protected:
  grpc::Status publish(const v1::PublishRequest& request) {
    const auto stub = v1::IngestService::NewStub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    return stub->PublishBatch(&context, request, &answer);
  }

  v1::PublishResponse answer;
};

TEST_F(PublishCall, AnswersItsBatchAndLetsTheSessionGo) {
  gate.on_batch = answer_at_once;
  start();
  ASSERT_TRUE(publish(a_batch(7, 3)).ok());
  EXPECT_EQ(answer.batch_id(), 7U);
  EXPECT_EQ(answer.results_size(), 3);
  EXPECT_TRUE(gate.wait_for_sessions(0));
}

TEST_F(PublishCall, AnswersABatchOfNothing) {
  gate.on_batch = answer_at_once;
  start();
  EXPECT_TRUE(publish({}).ok());
  EXPECT_EQ(answer.results_size(), 0);
}

TEST_F(PublishCall, ReportsTheFailureOfTheNode) {
  gate.on_batch = [](fake_gate&, const fake_gate::taken_batch& taken) {
    taken.listener->on_failed({base::error_code::io, "fsync failed"});
  };
  start();
  const auto status = publish(a_batch(1, 1));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "fsync failed");
}

TEST_F(PublishCall, RejectsBytesThatAreNoBatch) {
  gate.on_batch = answer_at_once;
  start();
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel);
  grpc::ClientContext context;
  const auto request = bytes_of("\x12\x7f short");
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, publish_batch_method, grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  ASSERT_TRUE(done.get_future().get().ok());
  ASSERT_TRUE(parse(response, answer));
  EXPECT_EQ(answer.results(0).outcome(), v1::REJECTED);
}

TEST_F(PublishCall, RefusesABatchOfTooManyEvents) {
  options.ingest.batch.events_max = 2;
  start();
  EXPECT_EQ(publish(a_batch(1, 3)).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(PublishCall, RefusesWhatDoesNotFitTheBytesOfTheNode) {
  options.ingest.node_bytes_max = 0;
  start();
  EXPECT_EQ(publish(a_batch(1, 1)).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(PublishCall, IsUnavailableOnceTheIntakeIsStopped) {
  start();
  server->stop_intake();
  EXPECT_EQ(publish(a_batch(1, 1)).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(PublishCall, EndsTheSessionWhenTheClientGivesUpWaiting) {
  start();
  const auto stub = v1::IngestService::NewStub(channel);
  grpc::ClientContext context;
  std::jthread client(
      [&] { EXPECT_EQ(stub->PublishBatch(&context, a_batch(1, 1), &answer).error_code(), grpc::CANCELLED); });
  ASSERT_TRUE(gate.wait_for_batches(1));
  context.TryCancel();
  EXPECT_TRUE(gate.wait_for_sessions(0));
  gate.answer(0); // nobody is there any more
}

} // namespace
} // namespace cxstream::transport::test
