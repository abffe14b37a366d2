#include "client/publisher.hpp"

#include "cxstream/v1/ingest.grpc.pb.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "gtest/gtest.h"

#include <map>
#include <mutex>
#include <random>
#include <set>

namespace cxstream::client {
namespace {

using std::chrono::milliseconds;

constexpr int batch_events = 7;

// A node that answers as its script says: it can end streams early, answer late and out of order, and grant little
// credit.
class scripted_node final : public v1::IngestService::Service {
public:
  struct script {
    std::vector<grpc::Status> refuse_streams = {}; // the first streams end at once
    int batches_a_stream = 1'000'000;              // then a stream breaks
    int breaks = 0;                                // how often it does
    std::size_t hold = 1;                          // answers are held until there are so many, and come in reverse
    std::uint32_t credit = 1'000;
  };

  explicit scripted_node(script s) : script_(std::move(s)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~scripted_node() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }

  std::shared_ptr<grpc::Channel> channel() {
    return server_->InProcessChannel({});
  }

  grpc::Status Publish(grpc::ServerContext*,
                       grpc::ServerReaderWriter<v1::PublishResponse, v1::PublishRequest>* stream) override {
    int breaks_left = 0;
    {
      const std::lock_guard lock(mutex_);
      ++streams_;
      if (refused_ < script_.refuse_streams.size())
        return script_.refuse_streams[refused_++];
      breaks_left = script_.breaks - broken_;
    }
    std::vector<std::uint64_t> held;
    v1::PublishRequest request;
    int batches = 0;
    while (stream->Read(&request)) {
      {
        const std::lock_guard lock(mutex_);
        unanswered_ += static_cast<std::uint64_t>(request.events_size());
        most_unanswered_ = std::max(most_unanswered_, unanswered_);
        for (const auto& event : request.events())
          ++seen_[event.ticket_id()];
        sizes_[request.batch_id()] = request.events_size();
      }
      held.push_back(request.batch_id());
      if (breaks_left > 0 && ++batches > script_.batches_a_stream) {
        const std::lock_guard lock(mutex_);
        ++broken_;
        unanswered_ = 0;
        return {grpc::StatusCode::UNAVAILABLE, "restarting"};
      }
      const auto is_last = request.events_size() < batch_events;
      if (held.size() >= script_.hold || (is_last && script_.hold < 100))
        answer(*stream, held);
    }
    answer(*stream, held);
    return grpc::Status::OK;
  }

  std::map<std::string, int> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::uint64_t most_unanswered() {
    const std::lock_guard lock(mutex_);
    return most_unanswered_;
  }
  int streams() {
    const std::lock_guard lock(mutex_);
    return streams_;
  }

private:
  void answer(grpc::ServerReaderWriter<v1::PublishResponse, v1::PublishRequest>& stream,
              std::vector<std::uint64_t>& held) {
    for (; !held.empty(); held.pop_back()) {
      v1::PublishResponse response;
      response.set_batch_id(held.back());
      response.set_credit_events(script_.credit);
      {
        const std::lock_guard lock(mutex_);
        for (int i = 0; i < sizes_[held.back()]; ++i)
          response.add_results()->set_outcome(v1::ACCEPTED);
        unanswered_ -= static_cast<std::uint64_t>(sizes_[held.back()]);
      }
      stream.Write(response);
    }
  }

  script script_;
  std::unique_ptr<grpc::Server> server_;
  std::mutex mutex_;
  std::map<std::string, int> seen_;
  std::map<std::uint64_t, int> sizes_;
  std::uint64_t unanswered_ = 0;
  std::uint64_t most_unanswered_ = 0;
  std::size_t refused_ = 0;
  int broken_ = 0;
  int streams_ = 0;
};

// `total` events in batches of up to batch_events.
class counting_source final : public batch_source, public publish_observer {
public:
  explicit counting_source(int total) : total_(total) {
  }

  next_batch next(std::uint32_t events_max, steady_time) override {
    if (made_ == total_)
      return no_more_batches{};
    batch_builder builder;
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(events_max, batch_events) && made_ < total_; ++i) {
      v1::CanonicalEvent event;
      event.set_ticket_id(std::to_string(made_++));
      builder.add(event.SerializeAsString());
    }
    return builder.finish(++id_, {});
  }
  void on_answer(const event_batch& batch, const v1::PublishResponse& answer, steady_time) override {
    EXPECT_TRUE(answered_batches_.insert(batch.id).second);
    EXPECT_EQ(static_cast<int>(batch.events), answer.results_size());
    answered += answer.results_size();
  }
  void on_retry(const grpc::Status&, milliseconds) override {
    ++retries;
  }

  int answered = 0;
  int retries = 0;

private:
  int total_;
  int made_ = 0;
  std::uint64_t id_ = 0;
  std::set<std::uint64_t> answered_batches_;
};

publish_limits quick() {
  return {.in_flight_events = 1'000,
          .first_contact = milliseconds(200),
          .patience = milliseconds(5'000),
          .backoff_initial = milliseconds(1),
          .backoff_max = milliseconds(4)};
}

const std::atomic<bool> never{false};

TEST(Publisher, SendsEveryBatchAndHearsEveryAnswer) {
  scripted_node node({});
  counting_source source(1'000);
  EXPECT_TRUE(publisher(node.channel(), quick(), never).run(source, source).ok());
  EXPECT_EQ(source.answered, 1'000);
  EXPECT_EQ(node.seen().size(), 1'000u);
  EXPECT_EQ(node.streams(), 1);
}

TEST(Publisher, KeepsToTheCreditThatTheNodeGrants) {
  scripted_node node({.credit = 20});
  counting_source source(500);
  auto limits = quick();
  limits.in_flight_events = 30;
  EXPECT_TRUE(publisher(node.channel(), limits, never).run(source, source).ok());
  EXPECT_EQ(source.answered, 500);
  EXPECT_LE(node.most_unanswered(), 30u);
}

TEST(Publisher, TakesAnswersInAnyOrder) {
  scripted_node node({.hold = 5});
  counting_source source(350);
  EXPECT_TRUE(publisher(node.channel(), quick(), never).run(source, source).ok());
  EXPECT_EQ(source.answered, 350);
}

TEST(Publisher, OpensABrokenStreamAgainAndSendsWhatWasNotAnswered) {
  scripted_node node({.batches_a_stream = 10, .breaks = 4, .hold = 3});
  counting_source source(2'000);
  EXPECT_TRUE(publisher(node.channel(), quick(), never).run(source, source).ok());
  EXPECT_EQ(source.answered, 2'000);
  EXPECT_EQ(node.streams(), 5);
  EXPECT_EQ(source.retries, 4);
  const auto seen = node.seen();
  EXPECT_EQ(seen.size(), 2'000u);
  EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](const auto& s) { return s.second > 1; }));
}

TEST(Publisher, WaitsForANodeThatIsBusyOrItsDiskFull) {
  scripted_node node({.refuse_streams = {{grpc::StatusCode::RESOURCE_EXHAUSTED, "disk full"},
                                         {grpc::StatusCode::UNAVAILABLE, "shutting down"}}});
  counting_source source(10);
  EXPECT_TRUE(publisher(node.channel(), quick(), never).run(source, source).ok());
  EXPECT_EQ(source.answered, 10);
  EXPECT_EQ(source.retries, 2);
}

TEST(Publisher, GivesUpAtOnceWhereTryingAgainIsUseless) {
  scripted_node node({.refuse_streams = {{grpc::StatusCode::INVALID_ARGUMENT, "no"}}});
  counting_source source(10);
  const auto status = publisher(node.channel(), quick(), never).run(source, source);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(source.retries, 0);
}

TEST(Publisher, GivesUpWhenNoNodeEverAnswers) {
  std::vector<grpc::Status> always(10'000, {grpc::StatusCode::UNAVAILABLE, "away"});
  scripted_node node({.refuse_streams = std::move(always)});
  counting_source source(10);
  auto limits = quick();
  limits.patience = milliseconds(200); // the streams open, though nothing comes of them
  const auto status = publisher(node.channel(), limits, never).run(source, source);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_GT(source.retries, 3);
}

TEST(Publisher, GivesUpOnANodeThatTakesBatchesAndNeverAnswers) {
  scripted_node node({.hold = 1'000'000});
  counting_source source(10);
  auto limits = quick();
  limits.patience = milliseconds(300);
  const auto status = publisher(node.channel(), limits, never).run(source, source);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(source.answered, 0);
}

TEST(Publisher, StopsWhenItIsToldTo) {
  scripted_node node({.hold = 1'000'000});
  counting_source source(1'000'000);
  const std::atomic<bool> stop{true};
  const auto status = publisher(node.channel(), quick(), stop).run(source, source);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
}

} // namespace
} // namespace cxstream::client
