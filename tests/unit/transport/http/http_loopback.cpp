#include "unit/transport/http/http_loopback.hpp"

#include <stdexcept>

namespace cxstream::transport::test {
namespace {

constexpr std::chrono::seconds patience{20};

class throwing_handler final : public http_handler {
public:
  void handle(http_request, std::shared_ptr<http_exchange>) override {
    throw std::runtime_error("planted");
  }
};

class dropping_handler final : public http_handler {
public:
  void handle(http_request, std::shared_ptr<http_exchange>) override {
  }
};

} // namespace

void echo_handler::handle(http_request request, std::shared_ptr<http_exchange> exchange) {
  http_response response{200, request.payload.body};
  response.headers = {{"X-Method", request.method},
                      {"X-Captured", request.captured},
                      {"X-Target", request.payload.target},
                      {"X-Peer", request.payload.peer},
                      {"X-Subject", request.payload.client_subject}};
  exchange->answer(std::move(response));
  exchange->answer({599, "never said"}); // the first answer counts
}

void holding_handler::handle(http_request, std::shared_ptr<http_exchange> exchange) {
  const std::lock_guard lock(mutex_);
  held_.push_back(std::move(exchange));
  changed_.notify_all();
}

std::shared_ptr<http_exchange> holding_handler::next() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [&] { return !held_.empty(); }))
    return nullptr;
  auto exchange = std::move(held_.front());
  held_.pop_front();
  return exchange;
}

class deciding_gate::session final : public ports::ingest_session {
public:
  session(deciding_gate& gate, std::shared_ptr<ports::ingest_listener> listener)
      : gate_(gate), listener_(std::move(listener)) {
  }
  ~session() override {
    gate_.closed();
  }
  void submit(v1::RawPublishRequest batch) override {
    submit_mapped(std::move(batch), {});
  }
  void submit_malformed(std::string) override {
    ADD_FAILURE() << "HTTP has no envelope";
  }
  void submit_mapped(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused) override {
    gate_.take(*listener_, batch, refused);
  }

private:
  deciding_gate& gate_;
  std::shared_ptr<ports::ingest_listener> listener_;
};

std::shared_ptr<ports::ingest_session> deciding_gate::open(std::shared_ptr<ports::ingest_listener> listener,
                                                           ports::ingest_client) {
  if (refuse)
    return nullptr;
  const std::lock_guard lock(mutex_);
  ++opened_;
  ++open_;
  return std::make_shared<session>(*this, std::move(listener));
}

void deciding_gate::take(ports::ingest_listener& listener, const v1::RawPublishRequest& batch,
                         const std::vector<v1::DeadLetter>& refused) {
  v1::PublishResponse answer;
  answer.set_batch_id(batch.batch_id());
  std::optional<base::error> failure;
  {
    const std::lock_guard lock(mutex_);
    failure = std::exchange(failure_, std::nullopt);
    if (!failure && std::exchange(ignore_, false))
      return;
    for (const auto& bytes : batch.events()) {
      v1::CanonicalEvent event;
      EXPECT_TRUE(event.ParseFromString(bytes));
      auto& result = *answer.add_results();
      result.set_outcome(v1::ACCEPTED);
      result.set_ticket_sequence(events_.size() + 1);
      if (decide)
        result = decide(event);
      if (!failure)
        events_.push_back(std::move(event));
    }
    for (const auto& letter : refused) {
      auto& result = *answer.add_results();
      result.set_outcome(v1::REJECTED);
      result.set_reason(letter.reject_reason());
      result.set_field_path(letter.field_path());
      result.set_message(letter.message());
      result.set_dead_letter_id("dl-" + std::to_string(letters_.size() + 1));
      if (!failure)
        letters_.push_back(letter);
    }
  }
  if (failure)
    listener.on_failed(*failure);
  else
    listener.on_answer(std::move(answer));
}

void deciding_gate::closed() {
  const std::lock_guard lock(mutex_);
  --open_;
  changed_.notify_all();
}

void deciding_gate::fail_next(base::error why) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(why);
}

void deciding_gate::ignore_next() {
  const std::lock_guard lock(mutex_);
  ignore_ = true;
}

std::vector<v1::CanonicalEvent> deciding_gate::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::vector<v1::DeadLetter> deciding_gate::letters() const {
  const std::lock_guard lock(mutex_);
  return letters_;
}

std::size_t deciding_gate::sessions_opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}

std::size_t deciding_gate::sessions_open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

bool deciding_gate::wait_for_sessions_open(std::size_t n) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return open_ == n; });
}

void noted_meter::request(std::string_view source, ports::source_outcome outcome, std::uint64_t) {
  const std::lock_guard lock(mutex_);
  ++counts_[std::string(source) + " " + std::string(name_of(outcome))];
}

void noted_meter::refused(std::string_view source, v1::RejectReason reason) {
  const std::lock_guard lock(mutex_);
  ++counts_[std::string(source) + " " + v1::RejectReason_Name(reason)];
}

void noted_meter::dropped(std::string_view source, std::uint64_t records) {
  const std::lock_guard lock(mutex_);
  counts_[std::string(source) + " dropped"] += records;
}

void noted_meter::decided(std::string_view source, std::uint64_t accepted, std::uint64_t, base::timestamp at) {
  const std::lock_guard lock(mutex_);
  if (accepted > 0)
    last_[std::string(source)] = at;
}

std::uint64_t noted_meter::count(const std::string& what) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(what);
  return found == counts_.end() ? 0 : found->second;
}

base::timestamp noted_meter::last(const std::string& source) const {
  const std::lock_guard lock(mutex_);
  const auto found = last_.find(source);
  return found == last_.end() ? base::timestamp{} : found->second;
}

HttpLoopback::HttpLoopback() {
  options.listen = "127.0.0.1:0";
}

void HttpLoopback::start() {
  const auto echo = std::make_shared<echo_handler>();
  routes.push_back({"POST", "/echo", echo, 1'000});
  routes.push_back({"POST", "/things/{name}", echo});
  routes.push_back({"GET", "/things/{name}", echo});
  routes.push_back({"POST", "/hold", held});
  routes.push_back({"POST", "/throw", std::make_shared<throwing_handler>()});
  routes.push_back({"POST", "/drop", std::make_shared<dropping_handler>()});
  auto started = http_server::start(options, routes, log);
  ASSERT_TRUE(started) << started.err().message;
  server = std::move(*started);
}

} // namespace cxstream::transport::test
