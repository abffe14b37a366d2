// Operating a node: counters, sinks, waiting events. Dead letters and proofs are in files of their own.
#include "actors/node/admin_service.hpp"

#include "actors/node/asker.hpp"
#include "model/revision.hpp"
#include "ports/keys.hpp"
#include "protocols/dead_letters.hpp"
#include "protocols/history.hpp"

#include "cxstream/v1/storage.pb.h"

#include <caf/send.hpp>

namespace cxstream::actors {

namespace keys = ports::keys;

namespace {

// Sum of the partitions' totals. Error: of the first partition that could not say.
base::result<v1::PartitionApplied> sum_of(const std::vector<bytes_answer>& answers) {
  v1::PartitionApplied sum;
  for (const auto& answer : answers) {
    v1::PartitionApplied one;
    if (!answer.result.ok)
      return answer.result.why;
    one.ParseFromString(answer.bytes);
    sum.set_history(sum.history() + one.history());
    sum.set_tickets(sum.tickets() + one.tickets());
    sum.set_late(sum.late() + one.late());
    sum.set_duplicates(sum.duplicates() + one.duplicates());
    sum.set_conflicts(sum.conflicts() + one.conflicts());
    sum.set_live_tickets(sum.live_tickets() + one.live_tickets());
  }
  return sum;
}

// Counts of a sink in a partition, made whole with the partition's total (see sink_state::counts).
void add_counts(const bytes_answer& answer, std::uint64_t history, v1::DeliveryCounts& sum) {
  v1::DeliveryCounts one;
  if (!answer.result.ok || !one.ParseFromString(answer.bytes))
    return;
  const auto decided =
      one.delivered() + one.filtered() + one.coalesced() + one.waiting() + one.dead() + one.discarded();
  const auto committed = std::max(history - one.committed(), decided);
  sum.set_committed(sum.committed() + committed);
  sum.set_delivered(sum.delivered() + one.delivered());
  sum.set_filtered(sum.filtered() + one.filtered());
  sum.set_coalesced(sum.coalesced() + one.coalesced());
  sum.set_waiting(sum.waiting() + one.waiting());
  sum.set_dead(sum.dead() + one.dead());
  sum.set_discarded(sum.discarded() + one.discarded());
  sum.set_pending(sum.pending() + committed - decided);
}

} // namespace

void admin_service::get_node(v1::GetNodeRequest, ports::reply<v1::GetNodeResponse> done) {
  ask_all<bytes_answer>(parts_.system, parts_.partitions, ask_totals{false},
                        [this, done = std::move(done)](base::result<std::vector<bytes_answer>> answers) {
                          auto sum = answers ? sum_of(*answers) : base::result<v1::PartitionApplied>(answers.err());
                          if (!sum) {
                            done(sum.err());
                            return;
                          }
                          v1::GetNodeResponse out;
                          out.set_program_version(parts_.config.program_version);
                          model::set_us(*out.mutable_started_at(), base::to_us(parts_.started_at));
                          out.set_partitions(parts_.config.partitions);
                          out.set_committed(sum->history());
                          out.set_tickets(sum->tickets());
                          out.set_late(sum->late());
                          out.set_received(parts_.intake.received);
                          out.set_duplicates(sum->duplicates());
                          out.set_conflicts(sum->conflicts());
                          out.set_rejected(parts_.intake.rejected);
                          out.set_live_tickets(sum->live_tickets());
                          out.set_taxonomy_version(parts_.config.rules()->taxonomy->version());
                          if (auto letters = protocols::count_letters(parts_.config.store, ""))
                            out.set_dead_letters(*letters);
                          done(std::move(out));
                        });
}

// Totals of the partitions first, so that no sink can seem to be ahead of them; then each sink in turn.
class admin_service::sink_lister : public std::enable_shared_from_this<sink_lister> {
public:
  sink_lister(admin_service& admin, ports::reply<v1::ListSinksResponse> done)
      : admin_(admin), sinks_(admin.parts_.sinks.all()), done_(std::move(done)) {
  }

  void begin() {
    ask_all<bytes_answer>(admin_.parts_.system, admin_.parts_.partitions, ask_totals{false},
                          [me = shared_from_this()](base::result<std::vector<bytes_answer>> answers) {
                            if (!answers)
                              me->done_(answers.err());
                            else
                              me->take_totals(*answers);
                          });
  }

private:
  void take_totals(const std::vector<bytes_answer>& answers) {
    for (const auto& answer : answers) {
      v1::PartitionApplied one;
      one.ParseFromString(answer.bytes);
      history_.push_back(one.history());
    }
    next(0);
  }

  void next(std::size_t i) {
    if (i == sinks_.size()) {
      done_(std::move(out_));
      return;
    }
    admin_.list_sink(sinks_[i], history_, [me = shared_from_this(), i](base::result<v1::SinkStatus> status) {
      if (status)
        *me->out_.add_sinks() = std::move(*status);
      me->next(i + 1);
    });
  }

  admin_service& admin_;
  std::vector<sink_entry> sinks_;
  std::vector<std::uint64_t> history_; // by partition
  v1::ListSinksResponse out_;
  ports::reply<v1::ListSinksResponse> done_;
};

void admin_service::list_sinks(v1::ListSinksRequest, ports::reply<v1::ListSinksResponse> done) {
  std::make_shared<sink_lister>(*this, std::move(done))->begin();
}

void admin_service::list_sources(v1::ListSourcesRequest, ports::reply<v1::ListSourcesResponse> done) {
  done(parts_.config.sources ? parts_.config.sources() : v1::ListSourcesResponse{});
}

void admin_service::list_sink(const sink_entry& entry, const std::vector<std::uint64_t>& history,
                              ports::reply<v1::SinkStatus> done) {
  ask<bytes_answer>(
      parts_.system, entry.courier, ask_counts{},
      [this, entry, history, done = std::move(done)](base::result<bytes_answer> courier) {
        v1::SinkStatus status;
        if (!courier || !status.ParseFromString(courier->bytes)) {
          done(courier ? base::error{base::error_code::internal, "a sink's status cannot be read"} : courier.err());
          return;
        }
        status.set_kind(entry.kind);
        status.set_paused(entry.paused);
        *status.mutable_filter() = entry.filter;
        *status.mutable_projection() = entry.projection;
        const auto letters = parts_.letters->all();
        if (const auto found = letters.find({v1::DeadLetterStage_Name(v1::DELIVERY), entry.name});
            found != letters.end() && found->second.letters > 0) {
          model::set_us(*status.mutable_oldest_dead_at(), base::to_us(found->second.oldest));
          if (!found->second.warning.empty())
            status.add_warnings(found->second.warning);
        }
        add_partitions(entry, history, std::move(status), done);
      });
}

void admin_service::add_partitions(const sink_entry& entry, const std::vector<std::uint64_t>& history,
                                   v1::SinkStatus status, ports::reply<v1::SinkStatus> done) {
  auto& system = parts_.system;
  ask_all<bytes_answer>(
      system, entry.partitions, ask_counts{},
      [&system, entry, history, status = std::move(status),
       done = std::move(done)](base::result<std::vector<bytes_answer>> answers) mutable {
        if (!answers) {
          done(answers.err());
          return;
        }
        for (std::size_t i = 0; i < answers->size(); ++i)
          add_counts((*answers)[i], i < history.size() ? history[i] : 0, *status.mutable_counts());
        if (entry.kind != "subscriber") {
          done(std::move(status));
          return;
        }
        ask<verdict>(system, entry.subscriber, ask_counts{},
                     [status = std::move(status), done = std::move(done)](base::result<verdict> connected) mutable {
                       status.set_connected(connected && connected->ok);
                       done(std::move(status));
                     });
      });
}

void admin_service::pause_sink(v1::PauseSinkRequest request, ports::reply<v1::PauseSinkResponse> done) {
  if (auto paused = parts_.sinks.pause(request.sink(), true); !paused)
    done(paused.err());
  else
    done(v1::PauseSinkResponse{});
}

void admin_service::resume_sink(v1::ResumeSinkRequest request, ports::reply<v1::ResumeSinkResponse> done) {
  if (auto resumed = parts_.sinks.pause(request.sink(), false); !resumed)
    done(resumed.err());
  else
    done(v1::ResumeSinkResponse{});
}

// Where a seek goes in one partition. Error: io.
base::result<seek_delivery> admin_service::place_of(const v1::SeekSinkRequest& request, base::partition_id p) const {
  switch (request.to_case()) {
    case v1::SeekSinkRequest::kLatest:
      return seek_delivery{base::log_offset{0}, true};
    case v1::SeekSinkRequest::kOffset:
      return seek_delivery{base::log_offset{request.offset()}, false};
    case v1::SeekSinkRequest::kCommittedAt:
      break;
    default:
      return seek_delivery{base::log_offset{0}, false};
  }
  const auto wanted = model::to_us(request.committed_at());
  seek_delivery place{base::log_offset{0}, true};
  const auto visit = [&](std::string_view key, std::string_view value) {
    v1::LogBatch batch;
    if (!batch.ParseFromArray(value.data(), static_cast<int>(value.size())) || batch.committed_at_us() < wanted)
      return true;
    place = {keys::offset_of(key), false};
    return false;
  };
  const auto prefix = keys::partition(p);
  if (auto scanned = parts_.config.store.scan(ports::family::log, prefix, keys::after_prefix(prefix), visit); !scanned)
    return scanned.err();
  return place;
}

void admin_service::seek_sink(v1::SeekSinkRequest request, ports::reply<v1::SeekSinkResponse> done) {
  auto entry = parts_.sinks.find(request.sink());
  if (!entry) {
    done(entry.err());
    return;
  }
  if (request.to_case() == v1::SeekSinkRequest::TO_NOT_SET ||
      (request.has_partition() && request.partition() >= entry->partitions.size()) ||
      (request.to_case() == v1::SeekSinkRequest::kOffset && !request.has_partition())) {
    done(base::error{base::error_code::invalid_argument,
                     "say where to (earliest, latest, a time, or an offset together with its partition)"});
    return;
  }
  if (parts_.config.sink_moved)
    parts_.config.sink_moved(request.sink());
  for (std::size_t i = 0; i < entry->partitions.size(); ++i) {
    if (request.has_partition() && request.partition() != i)
      continue;
    auto place = place_of(request, base::partition_id{static_cast<std::uint16_t>(i)});
    if (!place) {
      done(place.err());
      return;
    }
    caf::anon_send(entry->partitions[i], *place);
  }
  // Answered when every partition has dealt with what was sent to it before.
  ask_all<bytes_answer>(parts_.system, entry->partitions, ask_counts{},
                        [done = std::move(done)](const base::result<std::vector<bytes_answer>>& answers) {
                          if (answers)
                            done(v1::SeekSinkResponse{});
                          else
                            done(answers.err());
                        });
}

void admin_service::delete_subscription(v1::DeleteSubscriptionRequest request,
                                        ports::reply<v1::DeleteSubscriptionResponse> done) {
  if (auto erased = parts_.sinks.erase_subscriber(request.name()); !erased)
    done(erased.err());
  else
    done(v1::DeleteSubscriptionResponse{});
}

void admin_service::list_waiting(v1::ListWaitingRequest request, ports::reply<v1::ListWaitingResponse> done) {
  constexpr std::uint32_t size_default = 100;
  auto entry = parts_.sinks.find(request.sink());
  if (!entry) {
    done(entry.err());
    return;
  }
  const int size = static_cast<int>(request.page_size() == 0 ? size_default : request.page_size());
  v1::ListWaitingResponse heads, others;
  for (std::size_t i = 0; i < entry->partitions.size(); ++i) {
    const base::partition_id p{static_cast<std::uint16_t>(i)};
    const auto prefix = keys::sink_partition(request.sink(), p);
    std::string last_ticket;
    const auto visit = [&](std::string_view key, std::string_view value) {
      const auto [ticket, offset] = keys::parse_waiting(key, prefix.size());
      v1::WaitingEntry waiting;
      waiting.ParseFromArray(value.data(), static_cast<int>(value.size()));
      const bool head = ticket != last_ticket;
      auto& out = head ? heads : others;
      last_ticket = ticket;
      if (out.waiting_size() == size)
        return heads.waiting_size() < size;
      auto& info = *out.add_waiting();
      info.set_ticket_id(ticket);
      info.set_partition(p.value);
      info.set_offset(offset.value);
      info.set_attempts(waiting.attempts());
      info.set_last_error(waiting.last_error());
      if (head)
        model::set_us(*info.mutable_due_at(), waiting.due_at_us());
      return true;
    };
    if (auto scanned = parts_.config.store.scan(ports::family::waiting, prefix, keys::after_prefix(prefix), visit);
        !scanned) {
      done(scanned.err());
      return;
    }
  }
  for (auto& info : *others.mutable_waiting())
    if (heads.waiting_size() < size)
      *heads.add_waiting() = std::move(info);
  done(std::move(heads));
}

std::unique_ptr<ports::admin_service> make_admin_service(const node_parts& parts) {
  return std::make_unique<admin_service>(parts);
}

} // namespace cxstream::actors
