#include "unit/transport/loopback.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

namespace cxstream::transport::test {
namespace {

class PublishStream : public Loopback {
protected:
  void SetUp() override {
    context.set_deadline(std::chrono::system_clock::now() + patience);
  }
  void connect() {
    start();
    stub = v1::IngestService::NewStub(channel);
    stream = stub->Publish(&context);
  }

  grpc::ClientContext context;
  std::unique_ptr<v1::IngestService::Stub> stub;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PublishRequest, v1::PublishResponse>> stream;
};

TEST_F(PublishStream, AnswersEveryBatchAndEndsOkWhenTheClientIsDone) {
  gate.on_batch = answer_at_once;
  connect();
  for (std::uint64_t id = 1; id <= 100; ++id)
    ASSERT_TRUE(stream->Write(a_batch(id, 7)));
  ASSERT_TRUE(stream->WritesDone());
  std::set<std::uint64_t> answered;
  v1::PublishResponse answer;
  while (stream->Read(&answer)) {
    EXPECT_EQ(answer.results_size(), 7);
    EXPECT_TRUE(answered.insert(answer.batch_id()).second);
  }
  EXPECT_EQ(answered.size(), 100U);
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_TRUE(gate.wait_for_sessions(0));
}

TEST_F(PublishStream, WaitsWithTheEndUntilWhatWasSentIsAnswered) {
  connect();
  ASSERT_TRUE(stream->Write(a_batch(1, 1)));
  ASSERT_TRUE(stream->Write(a_batch(2, 1)));
  ASSERT_TRUE(stream->WritesDone());
  ASSERT_TRUE(gate.wait_for_batches(2));
  gate.answer(1);
  v1::PublishResponse answer;
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.batch_id(), 2U);
  gate.answer(0);
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.batch_id(), 1U);
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(PublishStream, RejectsABrokenEventAloneAmongGoodOnes) {
  gate.on_batch = answer_at_once;
  start();
  const auto raw = open_raw(publish_method, context);
  v1::RawPublishRequest batch;
  batch.set_batch_id(9);
  batch.add_events(an_event("T-1").SerializeAsString());
  batch.add_events("\xff\xff\xff broken");
  batch.add_events(an_event("T-2").SerializeAsString());
  ASSERT_TRUE(raw->Write(bytes_of(batch.SerializeAsString())));
  grpc::ByteBuffer bytes;
  ASSERT_TRUE(raw->Read(&bytes));
  v1::PublishResponse answer;
  ASSERT_TRUE(parse(bytes, answer));
  ASSERT_EQ(answer.results_size(), 3);
  EXPECT_EQ(answer.batch_id(), 9U);
  EXPECT_EQ(answer.results(0).outcome(), v1::ACCEPTED);
  EXPECT_EQ(answer.results(1).outcome(), v1::REJECTED);
  EXPECT_EQ(answer.results(2).outcome(), v1::ACCEPTED);
  raw->WritesDone();
  EXPECT_FALSE(raw->Read(&bytes));
  EXPECT_TRUE(raw->Finish().ok());
}

TEST_F(PublishStream, HandsBytesThatAreNoBatchToTheNodeAndGoesOn) {
  gate.on_batch = answer_at_once;
  start();
  const auto raw = open_raw(publish_method, context);
  const std::string junk = "\x12\x7f not as long as it says";
  ASSERT_TRUE(raw->Write(bytes_of(junk)));
  ASSERT_TRUE(raw->Write(bytes_of(a_batch(5, 1).SerializeAsString())));
  raw->WritesDone();
  std::vector<v1::PublishResponse> answers;
  for (grpc::ByteBuffer bytes; raw->Read(&bytes);)
    ASSERT_TRUE(parse(bytes, answers.emplace_back()));
  EXPECT_TRUE(raw->Finish().ok());
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].batch_id(), 0U);
  EXPECT_EQ(answers[0].results(0).outcome(), v1::REJECTED);
  EXPECT_EQ(answers[1].results(0).outcome(), v1::ACCEPTED);
  EXPECT_TRUE(gate.batch(0).malformed);
  EXPECT_EQ(gate.batch(0).batch.events(0), junk);
}

TEST_F(PublishStream, ReadsNoFurtherWhileTheCreditIsUsedUp) {
  gate.credit = 50;
  connect();
  std::thread writer([&] {
    for (std::uint64_t id = 1; id <= 40; ++id)
      stream->Write(a_batch(id, 10));
    stream->WritesDone();
  });
  v1::PublishResponse answer;
  for (std::size_t i = 0; i < 40; ++i) {
    ASSERT_TRUE(gate.wait_for_batches(std::min<std::size_t>(i + 5, 40)));
    EXPECT_LE(gate.batches_taken(), i + 5);
    gate.answer(i);
    ASSERT_TRUE(stream->Read(&answer));
  }
  writer.join();
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(gate.unanswered_most(), 50U);
}

TEST_F(PublishStream, ReadsNoFurtherWhileItHoldsTooManyBytes) {
  options.ingest.stream_bytes_max = 100'000;
  connect();
  auto batch = a_batch(1, 1);
  batch.mutable_events(0)->set_account_id(std::string(60'000, 'a'));
  ASSERT_TRUE(stream->Write(batch));
  ASSERT_TRUE(stream->Write(batch));
  ASSERT_TRUE(gate.wait_for_batches(2));
  batch.set_batch_id(2);
  std::thread writer([&] { stream->Write(batch); });
  EXPECT_FALSE(gate.wait_for_batches(3, std::chrono::milliseconds(200)));
  gate.answer(0);
  EXPECT_TRUE(gate.wait_for_batches(3));
  writer.join();
}

TEST_F(PublishStream, HoldsBackAClientThatDoesNotReadItsAnswers) {
  gate.credit = 16;
  gate.on_batch = [](fake_gate&, const fake_gate::taken_batch& taken) {
    auto answer = fake_gate::answer_to(taken);
    answer.mutable_results(0)->set_message(std::string(64 << 10, 'm'));
    taken.listener->on_answer(std::move(answer));
  };
  connect();
  constexpr std::size_t batches = 2'000;
  std::thread writer([&] {
    for (std::uint64_t id = 1; id <= batches; ++id)
      stream->Write(a_batch(id, 1));
    stream->WritesDone();
  });
  EXPECT_FALSE(gate.wait_for_batches(500, std::chrono::milliseconds(500))) << "answers pile up in memory";
  std::size_t read = 0;
  for (v1::PublishResponse answer; stream->Read(&answer);)
    ++read;
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(read, batches);
}

TEST_F(PublishStream, StreamsShareTheBytesThatTheNodeMayHold) {
  options.ingest.node_bytes_max = 50'000;
  connect();
  auto big = a_batch(1, 1);
  big.mutable_events(0)->set_account_id(std::string(60'000, 'a'));
  ASSERT_TRUE(stream->Write(big));
  ASSERT_TRUE(gate.wait_for_batches(1));
  grpc::ClientContext other_context;
  const auto other = stub->Publish(&other_context);
  ASSERT_TRUE(other->Write(a_batch(2, 1)));
  EXPECT_FALSE(gate.wait_for_batches(2, std::chrono::milliseconds(200)));
  gate.answer(0);
  EXPECT_TRUE(gate.wait_for_batches(2));
  gate.answer(1);
  v1::PublishResponse answer;
  ASSERT_TRUE(other->Read(&answer));
  EXPECT_EQ(answer.batch_id(), 2U);
  other->WritesDone();
  EXPECT_TRUE(other->Finish().ok());
}

TEST_F(PublishStream, FailsTheStreamAfterTheAnswersThatWereGiven) {
  connect();
  for (std::uint64_t id = 1; id <= 3; ++id)
    ASSERT_TRUE(stream->Write(a_batch(id, 1)));
  ASSERT_TRUE(gate.wait_for_batches(3));
  gate.answer(0);
  gate.answer(1);
  gate.batch(2).listener->on_failed({base::error_code::unavailable, "the disk does not answer"});
  gate.answer(2); // too late: must not be sent
  std::size_t answers = 0;
  for (v1::PublishResponse answer; stream->Read(&answer);)
    ++answers;
  EXPECT_EQ(answers, 2U);
  const auto status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "the disk does not answer");
}

TEST_F(PublishStream, TellsAFullDiskAsResourceExhausted) {
  gate.on_batch = [](fake_gate&, const fake_gate::taken_batch& taken) {
    taken.listener->on_failed({base::error_code::resource_exhausted, "the disk is full"});
  };
  connect();
  ASSERT_TRUE(stream->Write(a_batch(1, 1)));
  v1::PublishResponse answer;
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(PublishStream, EndsTheSessionWhenTheClientGoesAwayMidway) {
  connect();
  for (std::uint64_t id = 1; id <= 3; ++id)
    ASSERT_TRUE(stream->Write(a_batch(id, 2)));
  ASSERT_TRUE(gate.wait_for_batches(3));
  gate.answer(0);
  context.TryCancel();
  ASSERT_TRUE(gate.wait_for_sessions(0));
  gate.answer(1); // nobody is there any more
  gate.batch(2).listener->on_failed({base::error_code::unavailable, "late"});
  stream->WritesDone();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(PublishStream, SurvivesAnswersThatRaceWithClientsGoingAway) {
  std::vector<std::jthread> answerers;
  std::mutex mutex;
  gate.on_batch = [&](fake_gate&, const fake_gate::taken_batch& taken) {
    const std::lock_guard lock(mutex);
    answerers.emplace_back([taken] { taken.listener->on_answer(fake_gate::answer_to(taken)); });
  };
  start();
  stub = v1::IngestService::NewStub(channel);
  for (int round = 0; round < 60; ++round) {
    grpc::ClientContext brief;
    const auto call = stub->Publish(&brief);
    for (std::uint64_t id = 1; id <= 4; ++id)
      call->Write(a_batch(id, 3));
    v1::PublishResponse answer;
    if (round % 3 != 0)
      call->Read(&answer);
    brief.TryCancel();
    call->WritesDone();
    call->Finish();
  }
  EXPECT_TRUE(gate.wait_for_sessions(0));
  server.reset(); // no callback comes any more
  const std::lock_guard lock(mutex);
  EXPECT_GT(answerers.size(), 60U);
  answerers.clear();
}

TEST_F(PublishStream, RefusesABatchOfTooManyBytesAndSaysSo) {
  options.ingest.batch.bytes_max = 10'000;
  connect();
  auto batch = a_batch(1, 1);
  batch.mutable_events(0)->set_account_id(std::string(20'000, 'a'));
  ASSERT_TRUE(stream->Write(batch));
  v1::PublishResponse answer;
  EXPECT_FALSE(stream->Read(&answer));
  const auto status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("the most is 10000: send smaller batches"), std::string::npos)
      << status.error_message();
  EXPECT_EQ(gate.batches_taken(), 0U);
}

TEST_F(PublishStream, RefusesAMessageFarOverTheLimitWithoutReadingIt) {
  options.ingest.batch.bytes_max = 10'000;
  connect();
  auto batch = a_batch(1, 1);
  batch.mutable_events(0)->set_account_id(std::string(200'000, 'a'));
  stream->Write(batch);
  v1::PublishResponse answer;
  EXPECT_FALSE(stream->Read(&answer));
  const auto status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_TRUE(gate.wait_for_sessions(0));
}

TEST_F(PublishStream, RefusesABatchOfTooManyEventsAndSaysSo) {
  connect();
  v1::PublishRequest batch;
  for (int i = 0; i <= 16'384; ++i)
    batch.add_events();
  ASSERT_TRUE(stream->Write(batch));
  v1::PublishResponse answer;
  EXPECT_FALSE(stream->Read(&answer));
  const auto status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("16385 events"), std::string::npos) << status.error_message();
}

TEST_F(PublishStream, RefusesMoreStreamsThanItMayHold) {
  options.ingest.streams_max = 1;
  connect();
  ASSERT_TRUE(gate.wait_for_sessions(1));
  grpc::ClientContext second;
  const auto refused = stub->Publish(&second);
  v1::PublishResponse answer;
  EXPECT_FALSE(refused->Read(&answer));
  EXPECT_EQ(refused->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(PublishStream, IsUnavailableWhenTheNodeOpensNoSession) {
  gate.refuse = true;
  connect();
  v1::PublishResponse answer;
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(PublishStream, AnswersWhatItTookBeforeItEndsForAShutdown) {
  connect();
  ASSERT_TRUE(stream->Write(a_batch(1, 1)));
  ASSERT_TRUE(gate.wait_for_batches(1));
  server->stop_intake();
  stream->Write(a_batch(2, 1));
  gate.answer(0);
  v1::PublishResponse answer;
  ASSERT_TRUE(stream->Read(&answer));
  EXPECT_EQ(answer.batch_id(), 1U);
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(gate.batches_taken(), 1U);
}

} // namespace
} // namespace cxstream::transport::test
