// poller: one source's poller: a thread that carries out what its poll_machine decides, with libcurl, the mapping, the
// node's ingest and its store. The references given must outlive it.
//
// They run beside the webhook of the same source and reconcile it: what the tickets know already is counted as known
// and not submitted; what a webhook missed is submitted and counted as filled in.
#pragma once

#include "pollers/poll_client.hpp"
#include "pollers/poll_intake.hpp"
#include "pollers/poll_machine.hpp"
#include "pollers/reconciler.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/payload.hpp"
#include "ports/poll_meter.hpp"
#include "ports/source_meter.hpp"
#include "ports/store.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace cxstream::pollers {

struct poll_services {
  ports::ingest_gate& gate;
  ports::query_service& query;
  ports::store& store;
  const ports::clock& clock;
  ports::source_meter& meter;
  ports::poll_meter& polls;
  ports::log& log;
};

struct polled_source {
  std::string name;
  std::string source_system;
  config::poll_config poll;
  std::shared_ptr<const ports::payload_reader> reader; // of the API's answers
};

class poller {
public:
  poller(polled_source source, const poll_services& services, std::unique_ptr<poll_machine> machine,
         const std::string& user_agent);
  // Ends what is under way; nothing that is not durable counts.
  ~poller();
  void start();
  void request_stop() {
    thread_.request_stop();
  }

private:
  void run(const std::stop_token& stop);
  poll_effect carry_out(poll_effect effect, const std::stop_token& stop);
  poll_effect fetch(const poll_request& request, const std::stop_token& stop);
  poll_effect submit(const std::stop_token& stop);
  poll_effect store(const std::string& cursor);
  poll_effect wait(base::duration time, const std::stop_token& stop);
  void report();

  const polled_source source_;
  const poll_services services_;
  const std::unique_ptr<poll_machine> machine_;
  poll_client client_;
  reconciler reconciler_;
  poll_intake intake_;
  std::string body_; // of the last answer
  v1::PollState reported_ = v1::POLL_STATE_UNSPECIFIED;
  std::mutex mutex_;
  std::condition_variable_any stopping_;
  std::jthread thread_; // last: it uses all of the above
};

} // namespace cxstream::pollers
