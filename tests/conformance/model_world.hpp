// A target in memory and its connector, which keep every requirement; and the same connector with one flaw, for each
// requirement that the suite must be able to find broken. Nothing but the suite's own tests uses it.
#pragma once

#include "conformance/world.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

namespace cxstream::conformance {

enum class flaw : std::uint8_t {
  none,
  drops_an_outcome,
  swaps_outcomes,
  keeps_nothing,
  loses_the_key,
  turns_the_order,
  goes_on_behind_a_failure,
  skips_without_cause,
  doubles_a_repeat,
  refuses_a_repeat,
  overwrites_newer,
  sends_too_many_at_once,
  takes_one_batch_only,
  one_spoils_all,
  calls_the_unreadable_transient,
  sends_the_unreadable,
  tries_the_refused_again,
  condemns_when_away,
  stays_away,
  waits_for_ever,
  gives_up_the_slow,
  forgets_the_pause,
  goes_on_in_a_pause,
  condemns_a_hiccup,
  condemns_when_expired,
  keeps_old_credentials,
  believes_in_lost_answers,
  loses_at_close,
  cannot_reopen,
  tells_its_token,
  says_no_reason,
  talks_at_length,
  position_runs_ahead,
  invents_a_position,
  instances_share_a_desk,
  defers_without_a_time,
  defers_for_ever,
};
constexpr auto last_flaw = flaw::defers_for_ever;

// What the connectors of one world speak to. Thread-safe.
class model_server {
public:
  enum class answer : std::uint8_t { taken, refused, failed, pause, absent, no_answer, unknown_token };
  struct request {
    std::vector<ports::delivery> events;
    int token = 0;
    const void* instance = nullptr; // who sends
  };
  struct reply {
    answer what = answer::taken;
    std::vector<std::size_t> refused; // events in the request, with `refused`
    std::vector<std::size_t> failed;
    std::chrono::seconds retry_after{0};
  };
  reply take(const request& r, flaw f);
  int current_token();
  void begin(const trouble& t);
  void end();
  // Returns when no trouble is left.
  void wait_for_end();

  std::vector<held_event> held();
  std::uint64_t current(const std::string& ticket);
  std::size_t requests();
  std::size_t largest();
  void forget_last();
  std::map<std::uint16_t, std::uint64_t> positions();

private:
  bool is_held(const ports::delivery& e) const;
  void keep(const ports::delivery& e, flaw f);

  std::mutex mutex_;
  std::condition_variable ended_;
  std::optional<trouble> trouble_;
  std::vector<held_event> held_;
  std::set<std::string> keys_;
  std::map<std::string, std::uint64_t> current_;
  std::map<std::uint16_t, std::uint64_t> positions_;
  std::size_t requests_ = 0;
  std::size_t largest_ = 0;
  int token_ = 1;
  const void* first_ = nullptr; // the instance that was heard first
};

class model_world : public world {
public:
  explicit model_world(flaw f = flaw::none, bool keeps_position = true) : flaw_(f), keeps_position_(keeps_position) {
  }
  std::unique_ptr<ports::target> connect() override;
  ports::target_traits traits() const override {
    return {4, 3, true, keeps_position_, false};
  }
  std::vector<held_event> held() override {
    return server_->held();
  }
  std::uint64_t current_sequence(const std::string& ticket) override {
    return server_->current(ticket);
  }
  bool begin(const trouble& t) override {
    server_->begin(t);
    return true;
  }
  void end() override {
    server_->end();
  }
  std::optional<std::size_t> request_events_max() const override {
    return 4;
  }
  std::size_t largest_request() override {
    return server_->largest();
  }
  std::optional<std::size_t> requests() override {
    return server_->requests();
  }
  bool holds_back() const override {
    return true;
  }
  std::chrono::milliseconds patience() const override {
    return std::chrono::milliseconds{150};
  }
  std::vector<std::string> secrets() const override {
    return {"t0ken"};
  }

private:
  flaw flaw_;
  bool keeps_position_;
  std::shared_ptr<model_server> server_ = std::make_shared<model_server>();
};

} // namespace cxstream::conformance
