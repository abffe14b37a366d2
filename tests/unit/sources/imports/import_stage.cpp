#include "unit/sources/imports/import_stage.hpp"

#include <future>

namespace cxstream::sources::test {

namespace {

constexpr std::chrono::seconds patience{20};

} // namespace

class knowing_gate::session final : public ports::ingest_session {
public:
  session(knowing_gate& gate, std::shared_ptr<ports::ingest_listener> listener)
      : gate_(gate), listener_(std::move(listener)) {
  }
  void submit(v1::RawPublishRequest batch) override {
    submit_mapped(std::move(batch), {});
  }
  void submit_malformed(std::string) override {
    ADD_FAILURE() << "a file has no envelope";
  }
  void submit_mapped(v1::RawPublishRequest batch, std::vector<v1::DeadLetter> refused) override {
    gate_.take(*listener_, batch, refused);
  }

private:
  knowing_gate& gate_;
  std::shared_ptr<ports::ingest_listener> listener_;
};

std::shared_ptr<ports::ingest_session> knowing_gate::open(std::shared_ptr<ports::ingest_listener> listener,
                                                          ports::ingest_client from) {
  const std::lock_guard lock(mutex_);
  client_ = std::move(from);
  return std::make_shared<session>(*this, std::move(listener));
}

void knowing_gate::take(ports::ingest_listener& listener, const v1::RawPublishRequest& batch,
                        const std::vector<v1::DeadLetter>& refused) {
  v1::PublishResponse answer;
  answer.set_batch_id(batch.batch_id());
  std::unique_lock lock(mutex_);
  ++held_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return permits_ != 0; });
  --held_;
  if (permits_ > 0)
    --permits_;
  if (failures > 0) {
    --failures;
    lock.unlock();
    return listener.on_failed({base::error_code::unavailable, "planted"});
  }
  for (const auto& bytes : batch.events()) {
    v1::CanonicalEvent event;
    EXPECT_TRUE(event.ParseFromString(bytes));
    const bool is_new = known_.emplace(event.ticket_id(), event.idempotency_key()).second;
    answer.add_results()->set_outcome(is_new ? v1::ACCEPTED : v1::DUPLICATE);
  }
  for (const auto& letter : refused) {
    EXPECT_FALSE(letter.id().empty());
    letters_[letter.id()] = letter;
    answer.add_results()->set_outcome(v1::REJECTED);
  }
  lock.unlock();
  listener.on_answer(std::move(answer));
}

std::size_t knowing_gate::events() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

std::map<std::string, v1::DeadLetter> knowing_gate::letters() const {
  const std::lock_guard lock(mutex_);
  return letters_;
}

ports::ingest_client knowing_gate::last_client() const {
  const std::lock_guard lock(mutex_);
  return client_;
}

void knowing_gate::permit(int batches) {
  const std::lock_guard lock(mutex_);
  permits_ = batches;
  changed_.notify_all();
}

bool knowing_gate::is_holding() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return held_ > 0 && permits_ == 0; });
}

ImportStage::ImportStage() {
  options.spool = dir.path("spool");
  options.free_bytes_min = 0;
  options.policy.batch_rows = 10;
  options.policy.backoff.initial = std::chrono::milliseconds{1};
  restart();
}

void ImportStage::restart() {
  desk.reset();
  auto opened = import_jobs::open(options, {gate, store, clock, meter, log});
  ASSERT_TRUE(opened) << opened.err().message;
  desk = *std::move(opened);
}

base::result<v1::ImportJob> ImportStage::upload(const std::string& text, v1::ImportSpec spec, std::size_t piece_bytes,
                                                ports::import_sender from) {
  auto begun = desk->begin_upload(std::move(spec), std::move(from), text.size());
  if (!begun)
    return begun.err();
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
    std::promise<base::result<void>> written;
    (*begun)->write(text.substr(at, piece_bytes), [&](base::result<void> how) { written.set_value(std::move(how)); });
    if (const auto how = written.get_future().get(); !how)
      return how.err();
  }
  std::promise<base::result<v1::ImportJob>> made;
  (*begun)->finish([&](base::result<v1::ImportJob> job) { made.set_value(std::move(job)); });
  return made.get_future().get();
}

base::result<v1::ImportJob> ImportStage::steered(void (ports::import_desk::*wish)(const std::string&,
                                                                                  ports::reply<v1::ImportJob>),
                                                 const std::string& id) {
  std::promise<base::result<v1::ImportJob>> done;
  (desk.get()->*wish)(id, [&](base::result<v1::ImportJob> job) { done.set_value(std::move(job)); });
  return done.get_future().get();
}

v1::ImportJob ImportStage::when(const std::string& id, v1::ImportState state) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    auto job = desk->find(id);
    const bool is_late = std::chrono::steady_clock::now() > deadline;
    EXPECT_TRUE(job && !is_late) << "it did not become " << v1::ImportState_Name(state);
    if (!job || is_late || job->state() == state)
      return job ? *job : v1::ImportJob();
    std::this_thread::yield();
  }
}

std::string ImportStage::rejects(const std::string& id) {
  std::string out;
  std::uint64_t from = 0;
  do {
    std::promise<base::result<ports::rejects_piece>> read;
    desk->read_rejects(id, from, [&](base::result<ports::rejects_piece> piece) { read.set_value(std::move(piece)); });
    auto piece = read.get_future().get();
    if (!piece)
      return piece.err().message;
    out += piece->ndjson;
    from = piece->next;
  } while (from != 0);
  return out;
}

std::string events_text(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out += R"({"event_type":"ticket.updated","occurred_at":"2026-01-02T03:04:05Z","ticket_id":"T-)" +
           std::to_string(i % 7) + R"(","source_system":"desk","idempotency_key":"k-)" + std::to_string(i) + "\"}\n";
  return out;
}

} // namespace cxstream::sources::test
