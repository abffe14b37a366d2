// The admin call that proves promises P3, P7 and P9 from the store.
#include "actors/node/admin_service.hpp"
#include "actors/node/asker.hpp"
#include "ports/keys.hpp"
#include "protocols/account.hpp"
#include "protocols/refold.hpp"

#include "cxstream/v1/storage.pb.h"

namespace cxstream::actors {

namespace {

constexpr int findings_max = 100;

class verifier {
public:
  verifier(const ports::store& store, bool deep) : store_(store), deep_(deep) {
  }

  base::result<void> partition(base::partition_id p, const v1::PartitionApplied& totals) {
    const base::log_offset end{totals.next_offset()};
    auto proof = deep_ ? protocols::refold(store_, p, end, false) : protocols::recount_history(store_, p, end);
    if (!proof)
      return proof.err();
    for (const auto& what : proof->findings)
      find(p, "", what);
    if (proof->events != totals.history())
      find(p, "",
           "the history has " + std::to_string(proof->events) + " events, the partition counts " +
               std::to_string(totals.history()));
    if (proof->tickets != totals.tickets())
      find(p, "",
           "the history has " + std::to_string(proof->tickets) + " tickets, the partition counts " +
               std::to_string(totals.tickets()));
    out_.set_events(out_.events() + proof->events);
    out_.set_tickets(out_.tickets() + proof->tickets);
    return {};
  }

  // States can only be compared when nothing was applied since the checkpoint: true when they could.
  base::result<bool> states(base::partition_id p, const v1::PartitionApplied& totals) {
    auto applied = store_.get(ports::family::applied, ports::keys::partition(p));
    if (!applied)
      return applied.err();
    v1::PartitionApplied stored; // of another offset when a checkpoint was made since the totals were told
    if (!*applied || !stored.ParseFromString(**applied) || stored.next_offset() != totals.next_offset())
      return false;
    auto proof = protocols::refold(store_, p, base::log_offset{totals.next_offset()}, true);
    if (!proof)
      return proof.err();
    auto after = store_.get(ports::family::applied, ports::keys::partition(p));
    if (!after)
      return after.err();
    if (*applied != *after)
      return false;
    for (const auto& what : proof->findings)
      find(p, "", what);
    return true;
  }

  base::result<void> sink(const std::string& name, const std::vector<v1::PartitionApplied>& totals) {
    auto& proof = *out_.add_sinks();
    proof.set_sink(name);
    proof.set_ok(true);
    for (std::uint16_t i = 0; i < totals.size(); ++i) {
      auto account = protocols::prove_account(store_, name, base::partition_id{i}, totals[i].history());
      if (!account)
        return account.err();
      for (const auto& what : account->findings) {
        find(base::partition_id{i}, name, what);
        proof.set_ok(false);
      }
      add(account->counts, *proof.mutable_counts());
    }
    return {};
  }

  v1::VerifyResponse result() {
    out_.set_ok(out_.findings_size() == 0);
    return std::move(out_);
  }

private:
  void find(base::partition_id p, const std::string& sink, const std::string& what) {
    if (out_.findings_size() == findings_max)
      return;
    auto& finding = *out_.add_findings();
    finding.set_partition(p.value);
    finding.set_sink(sink);
    finding.set_message(what);
  }

  static void add(const v1::DeliveryCounts& one, v1::DeliveryCounts& sum) {
    sum.set_committed(sum.committed() + one.committed());
    sum.set_delivered(sum.delivered() + one.delivered());
    sum.set_filtered(sum.filtered() + one.filtered());
    sum.set_coalesced(sum.coalesced() + one.coalesced());
    sum.set_waiting(sum.waiting() + one.waiting());
    sum.set_dead(sum.dead() + one.dead());
    sum.set_discarded(sum.discarded() + one.discarded());
    sum.set_pending(sum.pending() + one.pending());
  }

  const ports::store& store_;
  bool deep_;
  v1::VerifyResponse out_;
};

base::result<v1::VerifyResponse> prove(const ports::store& store, const std::vector<std::string>& sinks,
                                       const std::vector<v1::PartitionApplied>& totals, bool deep) {
  verifier v(store, deep);
  for (std::uint16_t i = 0; i < totals.size(); ++i) {
    if (auto proved = v.partition(base::partition_id{i}, totals[i]); !proved)
      return proved.err();
    if (deep)
      if (auto compared = v.states(base::partition_id{i}, totals[i]); !compared)
        return compared.err();
  }
  for (const auto& sink : sinks)
    if (auto proved = v.sink(sink, totals); !proved)
      return proved.err();
  return v.result();
}

} // namespace

// Everything is written first; then an actor with a thread of its own reads it all again.
void admin_service::verify(v1::VerifyRequest request, ports::reply<v1::VerifyResponse> done) {
  std::vector<std::string> sinks;
  for (const auto& entry : parts_.sinks.all())
    sinks.push_back(entry.name);
  ask_all<bytes_answer>(parts_.system, parts_.partitions, ask_totals{true},
                        [this, sinks = std::move(sinks), deep = request.deep(),
                         done = std::move(done)](base::result<std::vector<bytes_answer>> answers) mutable {
                          if (!answers) {
                            done(answers.err());
                            return;
                          }
                          std::vector<v1::PartitionApplied> totals(answers->size());
                          for (std::size_t i = 0; i < totals.size(); ++i) {
                            if (!(*answers)[i].result.ok) {
                              done((*answers)[i].result.why);
                              return;
                            }
                            totals[i].ParseFromString((*answers)[i].bytes);
                          }
                          auto work = [&store = parts_.config.store, sinks = std::move(sinks),
                                       totals = std::move(totals), deep,
                                       done = std::move(done)] { done(prove(store, sinks, totals, deep)); };
                          if (parts_.config.dedicated_threads)
                            parts_.system.spawn<caf::detached>(std::move(work));
                          else
                            work();
                        });
}

} // namespace cxstream::actors
