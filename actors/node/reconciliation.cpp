#include "actors/node/reconciliation.hpp"

#include "model/revision.hpp"

#include <algorithm>

namespace cxstream::actors {

namespace {

using namespace std::chrono_literals;
using protocols::difference;

constexpr std::chrono::seconds bucket_width = 1h;
constexpr std::size_t candidates_max = 100'000; // tickets that one comparison looks at one by one
constexpr std::size_t tickets_a_look = 500;
constexpr int differences_max = 10'000; // told in the answer
constexpr int rounds_max = 3;           // of mending
constexpr auto patience = 2min;         // for a partition or a worker

base::error no_answer_of(const char* whom) {
  return {base::error_code::timeout, std::string(whom) + " did not answer in time"};
}

v1::DifferenceKind kind_of(difference kind) {
  switch (kind) {
    case difference::missing:
      return v1::DIFFERENCE_MISSING;
    case difference::stale:
      return v1::DIFFERENCE_STALE;
    case difference::altered:
      return v1::DIFFERENCE_ALTERED;
    case difference::extra:
      return v1::DIFFERENCE_EXTRA;
  }
  return v1::DIFFERENCE_KIND_UNSPECIFIED;
}

} // namespace

reconciliation::reconciliation(const node_parts& parts, const sink_setup& setup, sink_entry entry,
                               v1::ReconcileRequest request, const std::atomic<bool>& stop)
    : parts_(parts), setup_(setup), entry_(std::move(entry)), request_(std::move(request)), stop_(stop),
      self_(parts.system) {
}

base::result<v1::ReconcileResponse> reconciliation::run() {
  const auto began = parts_.config.clock.now();
  model::set_us(*out_.mutable_started_at(), base::to_us(began));
  out_.set_sink(entry_.name);
  if (auto opened = open(); !opened)
    return opened.err();
  auto found = candidates();
  if (!found)
    return found.err();
  auto differing = look({found->begin(), found->end()});
  if (!differing)
    return differing.err();
  std::vector<std::string> again;
  for (const auto& d : *differing)
    again.push_back(d.what.ticket_id);
  differing = look(again);
  if (!differing)
    return differing.err();
  const auto reported = *differing;
  if (auto mended = mend(std::move(*differing)); !mended)
    return mended.err();
  report(reported);
  reader_->close();
  out_.set_seconds(std::chrono::duration<double>(parts_.config.clock.now() - began).count());
  return std::move(out_);
}

base::result<void> reconciliation::open() {
  auto filter = model::compile_filter(setup_.config.filter);
  if (!filter)
    return filter.err();
  filter_ = std::move(*filter);
  book_ = std::make_unique<protocols::sink_book>(parts_.config.store, entry_.name, filter_,
                                                 entry_.coalesces ? protocols::kept_by_sink::state
                                                                  : protocols::kept_by_sink::history);
  auto made = setup_.make_target();
  if (!made)
    return made.err();
  reader_ = std::move(*made);
  census_ = reader_->census_taker();
  if (census_ == nullptr)
    return base::error{base::error_code::failed_precondition,
                       "a sink of kind " + entry_.kind + " cannot be compared with what it should hold"};
  return reader_->open();
}

// Everything applied so far is in the store afterwards.
base::result<reconciliation::totals> reconciliation::written_totals() {
  totals out;
  for (const auto& partition : parts_.partitions) {
    base::result<void> asked;
    self_->request(partition, patience, ask_totals{true})
        .receive(
            [&](const bytes_answer& answer) {
              if (!answer.result.ok || !out.emplace_back().ParseFromString(answer.bytes))
                asked = answer.result.why;
            },
            [&](const caf::error&) { asked = no_answer_of("a partition"); });
    if (!asked)
      return asked.err();
    if (stop_)
      return base::error{base::error_code::cancelled, "the node is shutting down"};
  }
  return out;
}

base::result<void> reconciliation::expect_rows(const totals& at, const std::function<void(ports::census_row)>& take) {
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (stop_)
      return base::error{base::error_code::cancelled, "the node is shutting down"};
    protocols::sink_book::portion size;
    size.tickets = at[i].tickets();
    if (auto read = book_->expect(base::partition_id{static_cast<std::uint16_t>(i)},
                                  base::log_offset{at[i].next_offset()}, *census_, size, take);
        !read)
      return read.err();
  }
  return {};
}

// Tickets of the buckets that differ, and that differ themselves as far as can be seen while all moves on.
base::result<std::set<std::string>> reconciliation::candidates() {
  const auto at = written_totals();
  if (!at)
    return at.err();
  protocols::bucket_book expected(bucket_width);
  if (auto read = expect_rows(*at, [&](const ports::census_row& row) { expected.add(row); }); !read)
    return read.err();
  out_.set_tickets(expected.rows());
  const auto held = census_->summarise(bucket_width);
  if (!held)
    return held.err();
  const auto buckets = expected.unlike(*held);
  out_.set_buckets_compared(buckets.size());
  std::set<std::string> out;
  if (buckets.empty())
    return out;
  const auto found = rows_in(buckets);
  if (!found)
    return found.err();
  std::vector<ports::census_row> wanted;
  const auto take = [&](ports::census_row row) {
    if (std::binary_search(buckets.begin(), buckets.end(), ports::bucket_of(row.last_occurred_at, bucket_width)))
      wanted.push_back(std::move(row));
  };
  if (auto read = expect_rows(*at, take); !read)
    return read.err();
  for (const auto& f : protocols::compare(wanted, *found)) {
    if (out.size() == candidates_max) {
      out_.set_truncated(true);
      break;
    }
    out.insert(f.ticket_id);
  }
  return out;
}

// Neighbours are asked for together.
base::result<std::vector<ports::census_row>> reconciliation::rows_in(const std::vector<std::int64_t>& buckets) {
  std::vector<ports::census_row> out;
  for (std::size_t i = 0; i < buckets.size();) {
    auto last = i;
    while (last + 1 < buckets.size() && buckets[last + 1] == buckets[last] + 1)
      ++last;
    const auto from = base::timestamp(buckets[i] * bucket_width);
    const auto to = base::timestamp((buckets[last] + 1) * bucket_width);
    auto rows = census_->rows_between(from, to);
    if (!rows)
      return rows.err();
    std::move(rows->begin(), rows->end(), std::back_inserter(out));
    i = last + 1;
  }
  return out;
}

base::result<std::vector<reconciliation::judged>> reconciliation::look(const std::vector<std::string>& tickets) {
  std::vector<judged> out;
  for (std::span<const std::string> left(tickets); !left.empty();) {
    const auto some = left.first(std::min(left.size(), tickets_a_look));
    auto some_judged = look_at_some(some);
    if (!some_judged)
      return some_judged.err();
    std::move(some_judged->begin(), some_judged->end(), std::back_inserter(out));
    left = left.subspan(some.size());
  }
  return out;
}

base::result<std::vector<reconciliation::judged>> reconciliation::look_at_some(std::span<const std::string> tickets) {
  std::map<base::partition_id, protocols::sink_moment> moments;
  for (const auto& id : tickets)
    if (const auto p = parts_.partition_of(id); !moments.contains(p)) {
      auto moment = book_->look(p);
      if (!moment)
        return moment.err();
      moments.emplace(p, std::move(*moment));
    }
  const auto rows = census_->rows(tickets);
  if (!rows)
    return rows.err();
  if (auto written = written_totals(); !written)
    return written.err();
  std::map<std::string_view, const ports::census_row*> held;
  for (const auto& row : *rows)
    held[row.ticket_id] = &row;
  std::vector<judged> out;
  for (const auto& id : tickets) {
    auto events = events_of(id, moments.at(parts_.partition_of(id)));
    if (!events)
      return events.err();
    const auto it = held.find(id);
    const auto found = it == held.end() ? std::nullopt : std::optional(*it->second);
    if (auto what = protocols::judge(id, protocols::rows_of(*events, *census_), found, events->delivered == 0))
      out.push_back({std::move(*what), std::move(*events)});
  }
  return out;
}

base::result<protocols::ticket_events> reconciliation::events_of(const std::string& ticket_id,
                                                                 const protocols::sink_moment& moment) {
  constexpr std::uint32_t events_max = 1'000'000;
  base::result<protocols::ticket_events> out = no_answer_of("a partition");
  self_
      ->request(parts_.actor_for(ticket_id), patience,
                ask_ticket_offsets{ticket_id, base::ticket_sequence{1}, events_max})
      .receive(
          [&](const offsets_answer& answer) {
            if (answer.result.ok)
              out = book_->of_ticket(parts_.partition_of(ticket_id), answer.offsets, moment);
            else if (answer.result.why.code == base::error_code::not_found)
              out = protocols::ticket_events{};
            else
              out = answer.result.why;
          },
          [](const caf::error&) {});
  return out;
}

bool reconciliation::mends(const protocols::finding& what) const {
  return what.kind == difference::extra ? request_.remove_extra() : request_.repair();
}

// What was mended is looked at again, because the sink may have delivered while it was mended.
base::result<void> reconciliation::mend(std::vector<judged> differing) {
  std::erase_if(differing, [this](const judged& d) { return !mends(d.what); });
  for (int round = 0; round < rounds_max && !differing.empty(); ++round) {
    std::vector<std::string> tickets;
    for (const auto& d : differing) {
      if (stop_)
        return base::error{base::error_code::cancelled, "the node is shutting down"};
      problems_[d.what.ticket_id] = mend_one(d);
      tickets.push_back(d.what.ticket_id);
    }
    auto left = look(tickets);
    if (!left)
      return left.err();
    mended_.insert(tickets.begin(), tickets.end());
    for (const auto& d : *left)
      mended_.erase(d.what.ticket_id);
    differing = std::move(*left);
    std::erase_if(differing, [this](const judged& d) { return !mends(d.what); });
  }
  return {};
}

// Why it was not mended; empty when it seems to be.
std::string reconciliation::mend_one(const judged& ticket) {
  mend_ticket wish{ticket.what.ticket_id, {}, ticket.what.found};
  const auto& events = ticket.events;
  if (events.is_on_its_way)
    return "the ticket is on its way, and its delivery writes all of it";
  if (ticket.what.kind != difference::extra) {
    for (std::size_t i = 0; i < events.events.size(); ++i)
      if (i < events.delivered || events.events[i].sequence <= ticket.what.found || events.delivered == 0)
        wish.events.push_back(events.events[i]);
    std::sort(wish.events.begin(), wish.events.end(),
              [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  }
  std::string problem;
  self_->request(entry_.courier, patience, std::move(wish))
      .receive(
          [&](const mend_answer& answer) {
            if (!answer.result.ok)
              problem = answer.result.why.message;
            else if (answer.moved_on)
              problem = "the ticket goes on changing";
          },
          [&](const caf::error&) { problem = "the target did not answer in time"; });
  return problem;
}

void reconciliation::report(const std::vector<judged>& differing) {
  std::size_t counts[4] = {};
  for (const auto& d : differing) {
    ++counts[static_cast<std::size_t>(d.what.kind)];
    const bool mended = mended_.contains(d.what.ticket_id);
    out_.set_mended(out_.mended() + (mended ? 1 : 0));
    if (out_.differences_size() == differences_max)
      continue;
    auto& told = *out_.add_differences();
    told.set_kind(kind_of(d.what.kind));
    told.set_ticket_id(d.what.ticket_id);
    told.set_expected_sequence(d.what.expected.value);
    told.set_found_sequence(d.what.found.value);
    told.set_mended(mended);
    if (!mended)
      told.set_problem(problems_[d.what.ticket_id]);
  }
  const auto count = [&](difference kind) { return counts[static_cast<std::size_t>(kind)]; };
  out_.set_missing(count(difference::missing));
  out_.set_stale(count(difference::stale));
  out_.set_altered(count(difference::altered));
  out_.set_extra(count(difference::extra));
  out_.set_ok(!out_.truncated() && out_.mended() == differing.size());
}

} // namespace cxstream::actors
