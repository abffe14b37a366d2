#include "transport/http/ingest_line.hpp"

#include <mutex>
#include <utility>

namespace cxstream::transport {

using base::error_code;

// The session holds it, not the line: otherwise line and session would keep each other alive.
class ingest_line::listener final : public ports::ingest_listener {
public:
  ~listener() override {
    finish(base::error{error_code::unavailable, "the node let the batch go: send it again"});
  }
  // False when the session has failed, so that `done` would never be called; it is as it was then.
  bool expect(std::uint64_t batch, answered& done) {
    const std::lock_guard lock(mutex_);
    if (failed_)
      return false;
    batch_ = batch;
    done_ = std::move(done);
    return true;
  }
  void on_answer(v1::PublishResponse answer) override {
    {
      const std::lock_guard lock(mutex_);
      if (answer.batch_id() != batch_)
        return;
    }
    finish(std::move(answer));
  }
  void on_failed(base::error why) override {
    {
      const std::lock_guard lock(mutex_);
      failed_ = true;
    }
    finish(std::move(why));
  }

private:
  void finish(base::result<v1::PublishResponse> outcome) {
    answered done;
    {
      const std::lock_guard lock(mutex_);
      done = std::exchange(done_, nullptr);
    }
    if (done)
      done(std::move(outcome));
  }

  std::mutex mutex_;
  answered done_;
  std::uint64_t batch_ = 0;
  bool failed_ = false;
};

std::shared_ptr<ingest_line> ingest_line::of(http_exchange& exchange, ports::ingest_gate& gate,
                                             const ports::ingest_client& client) {
  auto line = std::dynamic_pointer_cast<ingest_line>(exchange.guest());
  if (!line || line->client_.sources != client.sources) {
    line = std::make_shared<ingest_line>(gate, client);
    exchange.keep(line);
  }
  return line;
}

void ingest_line::submit(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused, answered done) {
  batch.set_batch_id(++batch_);
  if (!session_ || !listener_->expect(batch_, done)) {
    session_.reset(); // the old one ends before the new one begins
    listener_ = std::make_shared<listener>();
    session_ = gate_.open(listener_, client_);
    if (!session_ || !listener_->expect(batch_, done)) {
      session_.reset();
      done(base::error{error_code::unavailable, "the node takes no events now: send them again later"});
      return;
    }
  }
  session_->submit_mapped(std::move(batch), std::move(refused));
}

} // namespace cxstream::transport
