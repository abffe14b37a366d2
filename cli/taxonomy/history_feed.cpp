#include "taxonomy/history_feed.hpp"

#include "client/interruption.hpp"

#include "cxstream/v1/admin.grpc.pb.h"
#include "cxstream/v1/subscribe.grpc.pb.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace cxstream::cli {

namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t credit_events = 4'096; // events read ahead, at most
constexpr std::size_t events_a_step = 512;     // taken, then acknowledged
constexpr milliseconds step{100};
constexpr milliseconds ask_within{30'000};
constexpr milliseconds settled_after{5'000};
constexpr milliseconds lag_margin{2'000}; // a node tells its lag once a second
constexpr milliseconds goodbye_within{10'000};

} // namespace

// The stream. Events wait here until they are taken; credit bounds how many.
class history_feed::reader {
public:
  reader(const std::shared_ptr<grpc::Channel>& channel, const feed_request& request)
      : stub_(v1::SubscribeService::NewStub(channel)), stream_(stub_->Subscribe(&context_)) {
    v1::SubscribeRequest start;
    start.mutable_start()->set_name(request.name);
    start.mutable_start()->set_start_at(v1::EARLIEST);
    start.mutable_start()->set_credit_events(credit_events);
    start.mutable_start()->mutable_projection()->set_kind(v1::BI);
    *start.mutable_start()->mutable_filter() = request.filter;
    stream_->Write(start);
    thread_ = std::jthread([this] { read(); });
  }
  ~reader() {
    close();
  }
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  // What came since the last call; waits a while for the first.
  std::vector<v1::CanonicalEvent> take() {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, step, [this] { return !waiting_.empty() || ended_; });
    return std::exchange(waiting_, {});
  }
  bool ended() {
    const std::lock_guard lock(mutex_);
    return ended_ && waiting_.empty();
  }
  // False when the stream is gone.
  bool acknowledge(std::span<const v1::CanonicalEvent> events) {
    std::map<std::uint32_t, std::uint64_t> last; // partition → offset
    for (const auto& event : events)
      last[event.pipeline().partition()] = event.pipeline().offset();
    v1::SubscribeRequest request;
    for (const auto& [partition, offset] : last) {
      auto* place = request.mutable_ack()->add_up_to();
      place->set_partition(partition);
      place->set_offset(offset);
    }
    return stream_->Write(request);
  }
  // Ends in order: the node reads the acknowledgements before it sees the end.
  grpc::Status close() {
    if (!thread_.joinable())
      return status_;
    stream_->WritesDone();
    {
      std::unique_lock lock(mutex_);
      if (!arrived_.wait_for(lock, goodbye_within, [this] { return ended_; }))
        context_.TryCancel();
    }
    thread_.join();
    return status_ = stream_->Finish();
  }

private:
  void read() {
    v1::SubscribeResponse batch;
    while (stream_->Read(&batch)) {
      const std::lock_guard lock(mutex_);
      waiting_.insert(waiting_.end(), std::make_move_iterator(batch.mutable_events()->begin()),
                      std::make_move_iterator(batch.mutable_events()->end()));
      arrived_.notify_all();
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    arrived_.notify_all();
  }

  grpc::ClientContext context_;
  std::unique_ptr<v1::SubscribeService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::SubscribeRequest, v1::SubscribeResponse>> stream_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<v1::CanonicalEvent> waiting_;
  bool ended_ = false;
  grpc::Status status_;
  std::jthread thread_;
};

// Asks the node how much is left, until the history as it was at the beginning is decided: nothing is left, or, on a
// node that goes on taking events, only what is younger than this.
class history_feed::lookout {
public:
  lookout(std::shared_ptr<grpc::Channel> channel, std::string name)
      : stub_(v1::AdminService::NewStub(channel)), name_(std::move(name)), began_(std::chrono::steady_clock::now()) {
    v1::GetNodeResponse node;
    status_ = stub_->GetNode(client::call_within(ask_within).get(), {}, &node);
    committed_ = node.committed();
    if (status_.ok())
      thread_ = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested() && !complete_ && ask())
          std::this_thread::sleep_for(step);
      });
  }

  // Whether it could begin.
  const grpc::Status& status() const {
    return status_;
  }
  bool complete() const {
    return complete_;
  }
  bool lost() const {
    return lost_;
  }
  // Events of the history that are not decided; nothing before that is known.
  std::optional<std::uint64_t> pending() const {
    return known_ ? std::optional(pending_.load()) : std::nullopt;
  }
  std::uint64_t pending_at_first() const {
    return pending_at_first_;
  }

private:
  bool ask() {
    v1::ListSinksResponse sinks;
    if (!stub_->ListSinks(client::call_within(ask_within).get(), {}, &sinks).ok()) {
      lost_ = true;
      return false;
    }
    const auto me = std::ranges::find(sinks.sinks(), name_, &v1::SinkStatus::name);
    // Partitions that cannot say are not counted: then there is more than it seems.
    if (me == sinks.sinks().end() || me->counts().committed() < committed_)
      return true;
    pending_ = me->counts().pending();
    if (!known_)
      pending_at_first_ = pending_.load();
    known_ = true;
    const auto elapsed = std::chrono::steady_clock::now() - began_;
    const std::chrono::duration<double> lag(me->lag_seconds());
    complete_ = pending_ == 0 || (elapsed > settled_after && lag.count() > 0 && lag + lag_margin < elapsed);
    return true;
  }

  std::unique_ptr<v1::AdminService::Stub> stub_;
  std::string name_;
  std::chrono::steady_clock::time_point began_;
  grpc::Status status_;
  std::uint64_t committed_ = 0;
  std::atomic<bool> complete_{false};
  std::atomic<bool> lost_{false};
  std::atomic<bool> known_{false};
  std::atomic<std::uint64_t> pending_{0};
  std::atomic<std::uint64_t> pending_at_first_{0};
  std::jthread thread_;
};

history_feed::history_feed(feed_request request)
    : request_(std::move(request)), channel_(client::connect(request_.node)), display_(request_.display),
      began_(std::chrono::steady_clock::now()) {
}

feed_end history_feed::run(const take_events& take) {
  reader stream(channel_, request_);
  const lookout node(channel_, request_.name);
  auto end = node.status().ok()
                 ? follow(stream, node, take)
                 : feed_end{client::exit_code_of(node.status()), client::explain(node.status(), request_.node.server)};
  const auto status = stream.close();
  display_.clear();
  if (end.code == client::exit_unreachable && end.trouble.empty()) {
    end.trouble = status.ok() ? "the node ended the stream" : client::explain(status, request_.node.server);
    end.code = status.ok() ? client::exit_unreachable : client::exit_code_of(status);
  }
  return end;
}

feed_end history_feed::follow(reader& stream, const lookout& node, const take_events& take) {
  while (true) {
    if (client::interrupted())
      return {client::exit_interrupted, {}};
    const bool complete = node.complete(); // before looking: what is acknowledged by then is all there was
    const auto events = stream.take();
    for (std::span<const v1::CanonicalEvent> rest(events); !rest.empty();) {
      const auto some = rest.first(std::min(rest.size(), events_a_step));
      rest = rest.subspan(some.size());
      if (!take(some))
        return {client::interrupted() ? client::exit_interrupted : client::exit_failed, {}};
      events_ += some.size();
      if (!stream.acknowledge(some))
        return {client::exit_unreachable, {}};
      show(node);
    }
    if (complete)
      return {}; // what came since is younger than the beginning
    if (events.empty() && (stream.ended() || node.lost()))
      return {client::exit_unreachable, {}};
    show(node);
  }
}

void history_feed::show(const lookout& node) {
  const auto now = std::chrono::steady_clock::now();
  terminal::progress state;
  state.what = request_.what;
  state.items = events_;
  state.unit = "events";
  state.elapsed = std::chrono::duration_cast<milliseconds>(now - began_);
  if (const auto left = node.pending(); left && node.pending_at_first() > 0)
    state.share = 1.0 - std::min(1.0, static_cast<double>(*left) / static_cast<double>(node.pending_at_first()));
  display_.show(state, now);
}

std::optional<std::string> history_feed::forget() {
  v1::DeleteSubscriptionRequest request;
  request.set_name(request_.name);
  v1::DeleteSubscriptionResponse answer;
  const auto status =
      v1::AdminService::NewStub(channel_)->DeleteSubscription(client::call_within(ask_within).get(), request, &answer);
  if (status.ok() || status.error_code() == grpc::StatusCode::NOT_FOUND)
    return {};
  return "the subscription '" + request_.name + "' stays on the node: " + status.error_message() +
         "; remove it with: cxstream sink forget " + request_.name;
}

} // namespace cxstream::cli
