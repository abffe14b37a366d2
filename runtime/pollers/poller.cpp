#include "pollers/poller.hpp"

#include "pollers/refused_record.hpp"

#include <type_traits>
#include <utility>

namespace cxstream::pollers {

namespace {

std::string cursor_key(const std::string& source) {
  return "poll/" + source;
}

} // namespace

poller::poller(polled_source source, const poll_services& services, std::unique_ptr<poll_machine> machine,
               const std::string& user_agent)
    : source_(std::move(source)), services_(services), machine_(std::move(machine)),
      client_({source_.poll.basic, source_.poll.ca_file, user_agent, std::chrono::milliseconds{5'000},
               source_.poll.timeout}),
      reconciler_(services.query), intake_(services.gate, source_.name) {
}

poller::~poller() = default;

void poller::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void poller::run(const std::stop_token& stop) {
  auto kept = services_.store.get(ports::family::meta, cursor_key(source_.name));
  while (!kept) {
    services_.log.error("a poller cannot read where it was; it waits",
                        {{"source", source_.name}, {"why", kept.err().message}});
    wait(std::chrono::seconds{10}, stop);
    if (stop.stop_requested())
      return;
    kept = services_.store.get(ports::family::meta, cursor_key(source_.name));
  }
  auto effect = machine_->start(*kept, services_.clock.now());
  while (!stop.stop_requested()) {
    report();
    effect = carry_out(std::move(effect), stop);
  }
}

poll_effect poller::carry_out(poll_effect effect, const std::stop_token& stop) {
  return std::visit(
      [&](auto& what) -> poll_effect {
        using kind = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<kind, fetch_page>)
          return fetch(what.request, stop);
        else if constexpr (std::is_same_v<kind, submit_page>)
          return submit(stop);
        else if constexpr (std::is_same_v<kind, store_cursor>)
          return store(what.bytes);
        else
          return wait(what.time, stop);
      },
      effect);
}

poll_effect poller::fetch(const poll_request& request, const std::stop_token& stop) {
  auto answer = client_.send(request, stop);
  if (!answer)
    return machine_->failed(answer.err().message);
  const auto now = services_.clock.now();
  auto next = machine_->answered(*answer, now);
  if (std::holds_alternative<submit_page>(next))
    services_.polls.poll_answered(source_.name, now);
  body_ = std::move(answer->body);
  return next;
}

poll_effect poller::submit(const std::stop_token& stop) {
  const auto now = services_.clock.now();
  ports::payload page;
  page.headers.push_back({"content-type", "application/json"});
  page.body = std::move(body_);
  page.peer = "poll/" + source_.name;
  auto read = source_.reader->read_verified(page, now);
  const auto records = read.events.size() + read.dropped.size() + read.refused.size();
  auto letters = letters_of(source_.name, source_.source_system, read, page.body);
  auto sifted = reconciler_.sift(std::move(read.events), now, stop);
  if (!sifted)
    return machine_->failed(sifted.err().message);
  const auto taken = intake_.take(std::move(sifted->events), std::move(letters), stop);
  if (!taken)
    return machine_->failed(taken.err().message);
  for (const auto& refusal : read.refused)
    services_.meter.refused(source_.name, refusal.reason);
  for (const auto reason : taken->rejected)
    services_.meter.refused(source_.name, reason);
  if (!read.dropped.empty())
    services_.meter.dropped(source_.name, read.dropped.size());
  services_.meter.decided(source_.name, taken->accepted, taken->duplicates, now);
  services_.polls.polled(source_.name, records, sifted->known + taken->duplicates, taken->accepted);
  return machine_->durable();
}

poll_effect poller::store(const std::string& cursor) {
  ports::write_batch batch;
  batch.put(ports::family::meta, cursor_key(source_.name), cursor);
  if (auto written = services_.store.write(batch, ports::durability::synced); !written)
    return machine_->failed("where the poller is could not be stored: " + written.err().message);
  return machine_->stored(services_.clock.now());
}

poll_effect poller::wait(base::duration time, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  stopping_.wait_for(lock, stop, time, [] { return false; });
  return machine_->woken(services_.clock.now());
}

void poller::report() {
  const auto state = machine_->state();
  services_.polls.poll_state(source_.name, state, machine_->error());
  if (state == v1::POLL_FAILING)
    services_.log.warn_sparsely("poll " + source_.name, std::chrono::seconds{60},
                                "a poller does not get on; it tries again, less and less often",
                                {{"source", source_.name}, {"why", machine_->error()}});
  else if (reported_ == v1::POLL_FAILING)
    services_.log.info("a poller gets on again", {{"source", source_.name}});
  if (state == v1::POLL_FOLLOWING && reported_ == v1::POLL_CATCHING_UP)
    services_.log.debug("a poller has read all there was", {{"source", source_.name}});
  reported_ = state;
}

} // namespace cxstream::pollers
