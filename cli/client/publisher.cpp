#include "client/publisher.hpp"

#include "client/connection.hpp"

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <thread>

namespace cxstream::client {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds look_up_every{50}; // how soon a stop is seen
constexpr const char* method = "/cxstream.v1.IngestService/Publish";

enum event_tag : std::intptr_t { tag_started, tag_read, tag_written, tag_finished };

void* as_tag(event_tag tag) {
  return reinterpret_cast<void*>(tag); // NOLINT(performance-no-int-to-ptr): gRPC's tags are pointers
}

bool parse(grpc::ByteBuffer& buffer, v1::PublishResponse& answer) {
  grpc::ProtoBufferReader reader(&buffer);
  return answer.ParseFromZeroCopyStream(&reader);
}

} // namespace

// One gRPC stream: at most one write and one read are under way.
class publisher::stream {
public:
  stream(publisher& owner, batch_source& source, publish_observer& observer)
      : owner_(owner), source_(source), observer_(observer), stub_(owner.channel_),
        call_(stub_.PrepareCall(&context_, method, &queue_)) {
  }

  // Until all is answered, the stream breaks, or a stop.
  grpc::Status run();

private:
  void on_event(event_tag tag, bool ok);
  void on_answer();
  steady_time write_next(steady_time now);
  void write(const event_batch& batch);
  void read() {
    reading_ = true;
    call_->Read(&incoming_, as_tag(tag_read));
  }
  void finish() {
    if (finishing_)
      return;
    finishing_ = true;
    context_.TryCancel(); // whatever is still unanswered is sent again elsewhere
    call_->Finish(&status_, as_tag(tag_finished));
  }

  publisher& owner_;
  batch_source& source_;
  publish_observer& observer_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::ByteBuffer incoming_;
  v1::PublishResponse answer_; // kept for its memory
  grpc::Status status_;
  bool started_ = false;
  bool writing_ = false;
  bool reading_ = false;
  bool finishing_ = false;
  bool closed_ = false; // all writes are done
};

grpc::Status publisher::stream::run() {
  call_->StartCall(as_tag(tag_started));
  while (true) {
    const auto now = steady_clock::now();
    auto wake = now + look_up_every;
    if (started_ && !writing_ && !closed_ && !finishing_)
      wake = std::min(wake, write_next(now));
    if (!finishing_ && (owner_.stop_ || now - owner_.heard_at_ > owner_.patience()))
      finish();
    void* tag = nullptr;
    bool ok = false;
    // Deadlines are wall-clock times: the far side of AsyncNext knows no other.
    const auto deadline =
        std::chrono::system_clock::now() + std::chrono::duration_cast<std::chrono::system_clock::duration>(wake - now);
    if (queue_.AsyncNext(&tag, &ok, deadline) != grpc::CompletionQueue::GOT_EVENT)
      continue;
    const auto event = static_cast<event_tag>(reinterpret_cast<std::intptr_t>(tag));
    if (event == tag_finished)
      break;
    on_event(event, ok);
  }
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
    // what was still under way
  }
  return status_;
}

void publisher::stream::on_event(event_tag tag, bool ok) {
  if (tag == tag_written) {
    writing_ = false;
    owner_.reached_ = owner_.reached_ || ok;
  }
  if (tag == tag_read)
    reading_ = false;
  if (!ok) {
    // A failed write is followed by the end of the reads, which brings the status.
    if (tag != tag_written && !finishing_) {
      finishing_ = true;
      call_->Finish(&status_, as_tag(tag_finished));
    }
    if (tag == tag_written)
      closed_ = true;
    return;
  }
  if (tag == tag_started) {
    started_ = true;
    read();
  } else if (tag == tag_read) {
    on_answer();
    if (!finishing_)
      read();
  }
}

void publisher::stream::on_answer() {
  if (!parse(incoming_, answer_)) {
    finish();
    return;
  }
  const auto now = steady_clock::now();
  owner_.heard_at_ = now;
  owner_.window_.grant(answer_.credit_events());
  if (const auto batch = owner_.window_.answered(answer_.batch_id()))
    observer_.on_answer(*batch, answer_, now);
}

// Sends what may be sent now; tells when to look again.
steady_time publisher::stream::write_next(steady_time now) {
  if (const auto* again = owner_.window_.resend()) {
    write(*again);
    return now + look_up_every;
  }
  if (owner_.finished_) {
    if (owner_.window_.empty()) {
      closed_ = true;
      writing_ = true;
      call_->WritesDone(as_tag(tag_written));
    }
    return now + look_up_every;
  }
  if (owner_.window_.empty())
    owner_.heard_at_ = now; // nothing is owed: silence means nothing
  const auto room = owner_.window_.room();
  if (room == 0)
    return now + look_up_every;
  auto next = source_.next(room, now);
  if (auto* batch = std::get_if<event_batch>(&next)) {
    write(owner_.window_.add(std::move(*batch)));
    return now + look_up_every;
  }
  if (const auto* later = std::get_if<batch_later>(&next))
    return later->at;
  owner_.finished_ = true;
  return now;
}

void publisher::stream::write(const event_batch& batch) {
  writing_ = true;
  call_->Write(grpc::ByteBuffer(&batch.bytes, 1), as_tag(tag_written));
}

publisher::publisher(std::shared_ptr<grpc::Channel> channel, const publish_limits& limits,
                     const std::atomic<bool>& stop)
    : channel_(std::move(channel)), limits_(limits), stop_(stop), window_(limits.in_flight_events),
      heard_at_(steady_clock::now()) {
}

grpc::Status publisher::run(batch_source& source, publish_observer& observer) {
  auto pause = limits_.backoff_initial;
  grpc::Status last_reason(grpc::StatusCode::DEADLINE_EXCEEDED, "the node stopped answering");
  while (true) {
    const auto heard_before = heard_at_;
    const auto status = stream(*this, source, observer).run();
    if (stop_)
      return {grpc::StatusCode::CANCELLED, "interrupted"};
    if (finished_ && window_.empty())
      return grpc::Status::OK;
    // A stream that ended without an error although batches are unanswered is one that broke.
    const auto broke = status.ok() || status.error_code() == grpc::StatusCode::CANCELLED;
    if (!broke && !is_passing(status))
      return status;
    if (!broke)
      last_reason = status;
    if (steady_clock::now() - heard_at_ > patience())
      return last_reason;
    window_.lost();
    pause = heard_at_ == heard_before ? std::min(pause * 2, limits_.backoff_max) : limits_.backoff_initial;
    observer.on_retry(status, pause);
    if (!wait(pause))
      return {grpc::StatusCode::CANCELLED, "interrupted"};
  }
}

milliseconds publisher::patience() const {
  return reached_ ? limits_.patience : std::min(limits_.first_contact, limits_.patience);
}

// False when it was stopped meanwhile.
bool publisher::wait(milliseconds pause) const {
  const auto until = steady_clock::now() + pause;
  while (steady_clock::now() < until) {
    if (stop_)
      return false;
    std::this_thread::sleep_for(std::min(pause, look_up_every));
  }
  return !stop_;
}

} // namespace cxstream::client
