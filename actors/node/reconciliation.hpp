// One comparison of a sink's target with what it should hold, and its mending. Runs on a thread that may block, beside
// everything else; what differs is protocols/reconciliation's to say.
//
// Invariants:
//  1. The target is read over an instance of its own, so that deliveries do not wait; it is mended through the sink's
//  courier, which delivers nothing of a ticket while it is mended: what mending reads first is still true when it
//  writes.
//  2. A ticket is reported only when it differed in two looks, each of which read the sink's account before the target
//  and the history after it.
#pragma once

#include "actors/node/node.hpp"
#include "ports/census.hpp"
#include "protocols/reconciliation/compare.hpp"
#include "protocols/reconciliation/sink_book.hpp"

#include <caf/scoped_actor.hpp>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace cxstream::actors {

class reconciliation {
public:
  // `stop`: end soon, with an error.
  reconciliation(const node_parts& parts, const sink_setup& setup, sink_entry entry, v1::ReconcileRequest request,
                 const std::atomic<bool>& stop);

  // Errors: failed_precondition (the kind cannot be compared), unavailable, cancelled, and those of the store.
  base::result<v1::ReconcileResponse> run();

private:
  using totals = std::vector<v1::PartitionApplied>;
  // A ticket that differs, and what should be there.
  struct judged {
    protocols::finding what;
    protocols::ticket_events events;
  };

  base::result<void> open();
  base::result<totals> written_totals();
  base::result<std::set<std::string>> candidates();
  base::result<void> expect_rows(const totals& at, const std::function<void(ports::census_row)>& take);
  base::result<std::vector<ports::census_row>> rows_in(const std::vector<std::int64_t>& buckets);
  base::result<std::vector<judged>> look(const std::vector<std::string>& tickets);
  base::result<std::vector<judged>> look_at_some(std::span<const std::string> tickets);
  base::result<protocols::ticket_events> events_of(const std::string& ticket_id, const protocols::sink_moment& moment);
  base::result<void> mend(std::vector<judged> differing);
  bool mends(const protocols::finding& what) const;
  std::string mend_one(const judged& ticket);
  void report(const std::vector<judged>& differing);

  const node_parts& parts_;
  const sink_setup& setup_;
  sink_entry entry_;
  v1::ReconcileRequest request_;
  const std::atomic<bool>& stop_;
  caf::scoped_actor self_;
  model::compiled_filter filter_;
  std::unique_ptr<ports::target> reader_;
  ports::census* census_ = nullptr; // of the reader
  std::unique_ptr<protocols::sink_book> book_;
  v1::ReconcileResponse out_;
  std::map<std::string, std::string> problems_; // by ticket
  std::set<std::string> mended_;
};

} // namespace cxstream::actors
