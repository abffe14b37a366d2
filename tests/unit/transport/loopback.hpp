// A gRPC server over fakes on a port of its own, and a client's channel to it. The fakes are turned by the test's
// thread and called by gRPC's.
#pragma once

#include "transport/grpc_server.hpp"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cxstream::transport::test {

using raw_stream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

// Longer than any of this takes; a test that waits so long has failed.
constexpr std::chrono::seconds patience{20};

// Takes batches down; answers them itself or when told.
class fake_gate : public ports::ingest_gate {
public:
  struct taken_batch {
    std::shared_ptr<ports::ingest_listener> listener;
    v1::RawPublishRequest batch; // of malformed bytes: one event, them
    bool malformed = false;
  };

  std::shared_ptr<ports::ingest_session> open(std::shared_ptr<ports::ingest_listener> listener,
                                              ports::ingest_client from) override;
  std::uint32_t credit_events() const override {
    return credit;
  }

  // The answer that the node would give: every event that parses is ACCEPTED, others are REJECTED as MALFORMED.
  static v1::PublishResponse answer_to(const taken_batch& taken);
  void answer(std::size_t which);
  taken_batch batch(std::size_t which) const;
  // False when it did not come to that within `at_most`.
  bool wait_for_batches(std::size_t n, std::chrono::milliseconds at_most = patience);
  bool wait_for_sessions(std::size_t n);
  std::size_t batches_taken() const;
  // The most events that were unanswered at a time.
  std::size_t unanswered_most() const;

  // Set before the server starts.
  std::uint32_t credit = 1'000;
  std::function<void(fake_gate&, const taken_batch&)> on_batch; // without lock; none: the test answers
  bool refuse = false;

private:
  class session;
  void take(taken_batch taken);
  void closed();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<taken_batch> batches_;
  std::size_t sessions_ = 0;
  std::size_t unanswered_ = 0;
  std::size_t unanswered_most_ = 0;
};

// Answers at once, in the calling thread.
void answer_at_once(fake_gate& gate, const fake_gate::taken_batch& taken);

class fake_subscribers : public ports::subscriber_gate {
public:
  void open(v1::StartSubscription start, std::shared_ptr<ports::subscriber_listener> listener,
            ports::reply<std::shared_ptr<ports::subscriber_session>> done) override;

  bool wait_for_sessions(std::size_t n);
  bool wait_for_requests(std::size_t n);
  std::vector<v1::SubscribeRequest> requests() const;
  std::shared_ptr<ports::subscriber_listener> listener() const;

  base::result<void> refusal; // what open() answers when it is an error
  bool hold_open = false;     // keep open() unanswered, in `held`
  ports::reply<std::shared_ptr<ports::subscriber_session>> held;

private:
  class session;
  void record(v1::SubscribeRequest request);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t sessions_ = 0;
  std::vector<v1::SubscribeRequest> requests_;
  std::shared_ptr<ports::subscriber_listener> listener_;
};

// Answers a call by the function set for it; drops the callback of every other.
class fake_queries : public ports::query_service {
public:
  std::function<void(const v1::GetTicketRequest&, ports::reply<v1::GetTicketResponse>)> on_get_ticket;

  void get_ticket(v1::GetTicketRequest request, ports::reply<v1::GetTicketResponse> done) override {
    if (on_get_ticket)
      on_get_ticket(request, std::move(done));
  }
  void get_ticket_history(v1::GetTicketHistoryRequest, ports::reply<v1::GetTicketHistoryResponse>) override {
  }
  void search_tickets(v1::SearchTicketsRequest, ports::reply<v1::SearchTicketsResponse>) override {
  }
};

class fake_admin : public ports::admin_service {
public:
  std::function<void(const v1::ListDeadLettersRequest&, ports::reply<v1::ListDeadLettersResponse>)> on_export;
  std::string paused;

  void get_node(v1::GetNodeRequest, ports::reply<v1::GetNodeResponse>) override {
  }
  void list_sources(v1::ListSourcesRequest, ports::reply<v1::ListSourcesResponse> done) override {
    v1::ListSourcesResponse answer;
    answer.add_sources()->set_name("desk");
    done(std::move(answer));
  }
  void list_sinks(v1::ListSinksRequest, ports::reply<v1::ListSinksResponse>) override {
  }
  void pause_sink(v1::PauseSinkRequest request, ports::reply<v1::PauseSinkResponse> done) override {
    paused = request.sink();
    done(v1::PauseSinkResponse{});
  }
  void resume_sink(v1::ResumeSinkRequest, ports::reply<v1::ResumeSinkResponse>) override {
  }
  void seek_sink(v1::SeekSinkRequest, ports::reply<v1::SeekSinkResponse>) override {
  }
  void delete_subscription(v1::DeleteSubscriptionRequest, ports::reply<v1::DeleteSubscriptionResponse>) override {
  }
  void list_waiting(v1::ListWaitingRequest, ports::reply<v1::ListWaitingResponse>) override {
  }
  void list_dead_letters(v1::ListDeadLettersRequest, ports::reply<v1::ListDeadLettersResponse>) override {
  }
  void get_dead_letter(v1::GetDeadLetterRequest, ports::reply<v1::GetDeadLetterResponse>) override {
  }
  void group_dead_letters(v1::GroupDeadLettersRequest, ports::reply<v1::GroupDeadLettersResponse>) override {
  }
  void preview_replay(v1::PreviewReplayRequest, ports::reply<v1::PreviewReplayResponse>) override {
  }
  void start_replay(v1::StartReplayRequest, ports::reply<v1::StartReplayResponse>) override {
  }
  void list_replays(v1::ListReplaysRequest, ports::reply<v1::ListReplaysResponse>) override {
  }
  void get_replay(v1::GetReplayRequest, ports::reply<v1::GetReplayResponse>) override {
  }
  void control_replay(v1::ControlReplayRequest, ports::reply<v1::ControlReplayResponse>) override {
  }
  void edit_dead_letter(v1::EditDeadLetterRequest, ports::reply<v1::EditDeadLetterResponse>) override {
  }
  void requeue_dead_letters(v1::RequeueDeadLettersRequest, ports::reply<v1::RequeueDeadLettersResponse>) override {
  }
  void discard_dead_letters(v1::DiscardDeadLettersRequest, ports::reply<v1::DiscardDeadLettersResponse>) override {
  }
  void export_dead_letters(v1::ListDeadLettersRequest request,
                           ports::reply<v1::ListDeadLettersResponse> done) override {
    if (on_export)
      on_export(request, std::move(done));
  }
  void verify(v1::VerifyRequest, ports::reply<v1::VerifyResponse>) override {
  }
  void reconcile(v1::ReconcileRequest, ports::reply<v1::ReconcileResponse>) override {
  }
};

class Loopback : public ::testing::Test {
protected:
  Loopback();
  // Called by the test once its fakes and options are set.
  void start();

  // A Publish or Subscribe call that sends and receives bytes.
  std::unique_ptr<raw_stream> open_raw(const char* method, grpc::ClientContext& context);

  fake_gate gate;
  fake_subscribers subscribers;
  fake_queries queries;
  fake_admin admin;
  grpc_options options;
  std::unique_ptr<grpc_server> server;
  std::shared_ptr<grpc::Channel> channel;
};

constexpr const char* publish_method = "/cxstream.v1.IngestService/Publish";
constexpr const char* publish_batch_method = "/cxstream.v1.IngestService/PublishBatch";
constexpr const char* subscribe_method = "/cxstream.v1.SubscribeService/Subscribe";

grpc::ByteBuffer bytes_of(const std::string& text);
v1::CanonicalEvent an_event(const std::string& ticket_id);
v1::PublishRequest a_batch(std::uint64_t batch_id, int events);

} // namespace cxstream::transport::test
