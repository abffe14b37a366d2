// What the node offers to the outside, as transports see it: asynchronous calls with a callback. Transports own threads
// and wire formats; the node owns decisions. Every call is thread-safe and returns at once; callbacks come from any
// thread, exactly once unless said otherwise.
#pragma once

#include "base/result.hpp"

#include "cxstream/v1/admin.pb.h"
#include "cxstream/v1/ingest.pb.h"
#include "cxstream/v1/query.pb.h"
#include "cxstream/v1/storage.pb.h"
#include "cxstream/v1/subscribe.pb.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::ports {

template <class T>
using reply = std::function<void(base::result<T>)>;

// Hears what became of the batches of one client stream. Called from any thread, one call at a time.
class ingest_listener {
public:
  virtual ~ingest_listener() = default;
  // One batch is durable and decided. Answers may come in another order than the batches.
  virtual void on_answer(v1::PublishResponse answer) = 0;
  // Nothing more will be answered on this stream; what was not answered is to be sent again. At most once, last.
  virtual void on_failed(base::error why) = 0;
};

// One client stream into the node. Destroying it ends the stream; the listener is not called afterwards.
class ingest_session {
public:
  virtual ~ingest_session() = default;
  // A batch whose envelope could be read.
  virtual void submit(v1::RawPublishRequest batch) = 0;
  // Bytes that are not even an envelope: becomes one dead letter, and one REJECTED answer with batch_id 0.
  virtual void submit_malformed(std::string bytes) = 0;
  // A batch of what a source's payload came to: its events, and the letters of its records that made none (their time
  // is given here, and their id where they have none; one that comes again with its id takes its own place). Answered
  // once, results of the events first, then REJECTED for each letter.
  virtual void submit_mapped(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused) = 0;
};

// Who sends on a stream.
struct ingest_client {
  std::string peer;                      // address, for logs only
  std::vector<std::string> sources = {}; // source systems it may send events of; empty: any
};

class ingest_gate {
public:
  virtual ~ingest_gate() = default;
  virtual std::shared_ptr<ingest_session> open(std::shared_ptr<ingest_listener> listener, ingest_client from) = 0;
  // Events a stream may have unanswered.
  virtual std::uint32_t credit_events() const = 0;
};

// Gets a consumer's events. Called from any thread, one call at a time.
class subscriber_listener {
public:
  virtual ~subscriber_listener() = default;
  // Serialized CanonicalEvents (filtered, projected). At most the subscription's credit is unacknowledged at a time.
  virtual void on_events(std::vector<std::string> events) = 0;
  // The node ends the stream. At most once, last.
  virtual void on_closed(base::error why) = 0;
};

// One connected consumer. Destroying it disconnects; the listener is not called afterwards.
class subscriber_session {
public:
  virtual ~subscriber_session() = default;
  virtual void ack(v1::AckEvents ack) = 0;
  virtual void nack(v1::NackEvents nack) = 0;
  virtual void seek(v1::SeekSubscription seek) = 0;
};

class subscriber_gate {
public:
  virtual ~subscriber_gate() = default;
  // Errors: invalid_argument (name, filter, projection), already_exists (connected elsewhere).
  virtual void open(v1::StartSubscription start, std::shared_ptr<subscriber_listener> listener,
                    reply<std::shared_ptr<subscriber_session>> done) = 0;
};

class query_service {
public:
  virtual ~query_service() = default;
  virtual void get_ticket(v1::GetTicketRequest request, reply<v1::GetTicketResponse> done) = 0;
  virtual void get_ticket_history(v1::GetTicketHistoryRequest request, reply<v1::GetTicketHistoryResponse> done) = 0;
  virtual void search_tickets(v1::SearchTicketsRequest request, reply<v1::SearchTicketsResponse> done) = 0;
};

class admin_service {
public:
  virtual ~admin_service() = default;
  virtual void get_node(v1::GetNodeRequest request, reply<v1::GetNodeResponse> done) = 0;
  virtual void list_sinks(v1::ListSinksRequest request, reply<v1::ListSinksResponse> done) = 0;
  virtual void list_sources(v1::ListSourcesRequest request, reply<v1::ListSourcesResponse> done) = 0;
  virtual void pause_sink(v1::PauseSinkRequest request, reply<v1::PauseSinkResponse> done) = 0;
  virtual void resume_sink(v1::ResumeSinkRequest request, reply<v1::ResumeSinkResponse> done) = 0;
  virtual void seek_sink(v1::SeekSinkRequest request, reply<v1::SeekSinkResponse> done) = 0;
  virtual void delete_subscription(v1::DeleteSubscriptionRequest request,
                                   reply<v1::DeleteSubscriptionResponse> done) = 0;
  virtual void list_waiting(v1::ListWaitingRequest request, reply<v1::ListWaitingResponse> done) = 0;
  virtual void list_dead_letters(v1::ListDeadLettersRequest request, reply<v1::ListDeadLettersResponse> done) = 0;
  virtual void get_dead_letter(v1::GetDeadLetterRequest request, reply<v1::GetDeadLetterResponse> done) = 0;
  virtual void group_dead_letters(v1::GroupDeadLettersRequest request, reply<v1::GroupDeadLettersResponse> done) = 0;
  virtual void edit_dead_letter(v1::EditDeadLetterRequest request, reply<v1::EditDeadLetterResponse> done) = 0;
  virtual void requeue_dead_letters(v1::RequeueDeadLettersRequest request,
                                    reply<v1::RequeueDeadLettersResponse> done) = 0;
  virtual void discard_dead_letters(v1::DiscardDeadLettersRequest request,
                                    reply<v1::DiscardDeadLettersResponse> done) = 0;
  // One page of the export; the transport asks on while next_page_token is not empty.
  virtual void export_dead_letters(v1::ListDeadLettersRequest request, reply<v1::ListDeadLettersResponse> done) = 0;
  virtual void preview_replay(v1::PreviewReplayRequest request, reply<v1::PreviewReplayResponse> done) = 0;
  virtual void start_replay(v1::StartReplayRequest request, reply<v1::StartReplayResponse> done) = 0;
  virtual void list_replays(v1::ListReplaysRequest request, reply<v1::ListReplaysResponse> done) = 0;
  virtual void get_replay(v1::GetReplayRequest request, reply<v1::GetReplayResponse> done) = 0;
  virtual void control_replay(v1::ControlReplayRequest request, reply<v1::ControlReplayResponse> done) = 0;
  virtual void verify(v1::VerifyRequest request, reply<v1::VerifyResponse> done) = 0;
  // Errors: not_found (no such sink), failed_precondition (its kind cannot, or it is being done), unavailable.
  virtual void reconcile(v1::ReconcileRequest request, reply<v1::ReconcileResponse> done) = 0;
};

} // namespace cxstream::ports
