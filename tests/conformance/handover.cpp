#include "conformance/handover.hpp"

#include <algorithm>
#include <future>

namespace cxstream::conformance {

namespace {

// Splits into calls that hold no ticket twice: the first event of each ticket, then the second, …
std::vector<std::vector<std::size_t>> rounds(const world& w, const events& what) {
  std::vector<std::vector<std::size_t>> out;
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < what.size(); ++i) {
    const auto round = w.traits().one_event_a_ticket ? seen[what[i].ticket_id]++ : 0;
    out.resize(std::max(out.size(), round + 1));
    out[round].push_back(i);
  }
  if (out.empty())
    out.emplace_back();
  return out;
}

constexpr int deferrals_max = 100;

// One deliver(), and again at a later time with what was deferred and what is behind it.
outcomes settled(world& w, ports::target& target, const events& call) {
  auto out = target.deliver(call, w.now());
  for (int i = 0; i < deferrals_max && out.size() == call.size(); ++i) {
    std::set<std::string> deferred;
    events again;
    std::vector<std::size_t> places;
    for (std::size_t e = 0; e < call.size(); ++e) {
      if (out[e].result == delivery_result::deferred && out[e].retry_after)
        deferred.insert(call[e].ticket_id);
      if (out[e].result == delivery_result::delivered || !deferred.contains(call[e].ticket_id))
        continue;
      again.push_back(call[e]);
      places.push_back(e);
    }
    if (again.empty())
      return out;
    w.pass(*longest_pause(out));
    auto got = target.deliver(again, w.now());
    if (got.size() != again.size())
      return got; // the check of the number of outcomes finds it
    for (std::size_t e = 0; e < got.size(); ++e)
      out[places[e]] = std::move(got[e]);
  }
  return out;
}

} // namespace

outcomes hand_over(world& w, ports::target& target, const events& what) {
  outcomes out(what.size());
  std::set<std::string> failed;
  for (const auto& round : rounds(w, what)) {
    events call;
    std::vector<std::size_t> places;
    for (const auto i : round) {
      if (failed.contains(what[i].ticket_id)) {
        out[i] = {delivery_result::skipped, "not tried by the node", std::nullopt};
        continue;
      }
      call.push_back(what[i]);
      places.push_back(i);
    }
    auto got = settled(w, target, call);
    if (got.size() != places.size())
      return got; // the check of the number of outcomes finds it
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (got[i].result != delivery_result::delivered)
        failed.insert(call[i].ticket_id);
      out[places[i]] = std::move(got[i]);
    }
  }
  return out;
}

std::optional<outcomes> hand_over_in_time(world& w, ports::target& target, const events& what) {
  auto call = std::async(std::launch::async, [&] { return hand_over(w, target, what); });
  const bool ended = call.wait_for(2 * w.patience()) == std::future_status::ready;
  if (!ended)
    w.end();
  auto got = call.get();
  if (!ended)
    return std::nullopt;
  return got;
}

std::optional<std::chrono::milliseconds> longest_pause(const outcomes& got) {
  std::optional<std::chrono::milliseconds> out;
  for (const auto& o : got)
    out = std::max(out, o.retry_after);
  return out;
}

std::vector<std::string> tickets(std::size_t n) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back("T" + std::to_string(i));
  return out;
}

events interleaved(log_of_events& log, const std::vector<std::string>& of, std::size_t n) {
  events out;
  for (std::size_t turn = 0; turn < n; ++turn)
    for (const auto& ticket : of)
      out.push_back(log.add(ticket));
  return out;
}

ports::delivery unreadable(ports::delivery event) {
  event.event = std::string("\xff\xff\xff");
  return event;
}

std::unique_ptr<ports::target> opened(world& w, judge& j) {
  auto target = w.connect();
  const auto done = target->open();
  j.expect(bool(done), "open() succeeds when the target is there" + (done ? std::string() : ": " + done.err().message));
  return target;
}

std::map<std::string, std::vector<std::uint64_t>> sequences(const std::vector<held_event>& held) {
  std::map<std::string, std::vector<std::uint64_t>> out;
  for (const auto& h : held)
    out[h.ticket_id].push_back(h.ticket_sequence);
  return out;
}

std::size_t times_held(world& w, const std::vector<held_event>& held, const ports::delivery& event) {
  std::size_t copies = 0;
  std::set<std::string> marks;
  for (const auto& h : held) {
    if (h.ticket_id != event.ticket_id || h.ticket_sequence != event.sequence.value)
      continue;
    ++copies;
    marks.insert(h.message_id);
  }
  const bool marked = w.on_repeat() == repeats::recognisable && !marks.contains("");
  return marked ? marks.size() : copies;
}

bool holds_once(world& w, const events& what) {
  const auto held = w.held();
  std::map<std::string, std::uint64_t> last;
  for (const auto& e : what)
    last[e.ticket_id] = std::max(last[e.ticket_id], e.sequence.value);
  return std::ranges::all_of(what, [&](const ports::delivery& e) {
    const bool superseded = w.keeps() == keeping::state && e.sequence.value < last[e.ticket_id];
    return times_held(w, held, e) == (superseded ? 0u : 1u);
  });
}

bool all_are(const outcomes& got, delivery_result result) {
  return std::ranges::all_of(got, [&](const auto& o) { return o.result == result; });
}

std::string text_of(const outcomes& got) {
  static constexpr const char* names[] = {"delivered", "unreachable", "throttled", "transient",
                                          "permanent", "unfit",       "skipped",   "deferred"};
  std::string out;
  for (const auto& o : got) {
    out.append(out.empty() ? "" : ", ").append(names[static_cast<std::size_t>(o.result)]);
    if (!o.reason.empty() && o.result != delivery_result::skipped)
      out.append(" (").append(o.reason.substr(0, 200)).append(")");
    if (out.size() > 1'500)
      return out + " …";
  }
  return "got: " + out;
}

} // namespace cxstream::conformance
