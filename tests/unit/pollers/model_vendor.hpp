// A vendor in memory that answers as Zendesk, Intercom, HubSpot and a plain list do, with their faults: a search whose
// index lags, pages that shift, marks that are forgotten, 429, 500, answers that are cut off, ends that are none. It is
// the ground truth of what a poller should have read.
#pragma once

#include "unit/pollers/scripted.hpp"

#include <map>
#include <random>
#include <vector>

namespace cxstream::pollers {

struct vendor_policy {
  std::chrono::seconds index_lag_max{0}; // of the searches
  std::size_t page_records = 3;
  std::size_t depth_max = 9;      // HubSpot: results of one search
  std::uint64_t fault_one_in = 8; // requests; 0: none
};

class model_vendor {
public:
  model_vendor(config::poll_kind kind, const vendor_policy& policy, std::uint64_t seed)
      : kind_(kind), policy_(policy), random_(seed) {
  }

  // A ticket changes; its new revision shows up when the vendor's index gets to it.
  void change(std::uint64_t ticket, base::timestamp now);
  // Nothing when the connection breaks.
  std::optional<poll_answer> answer(const poll_request& request, base::timestamp now);

  // ticket → revision, and when it came about.
  const std::map<std::uint64_t, std::pair<std::uint64_t, base::timestamp>>& truth() const {
    return truth_;
  }
  std::uint64_t faults() const {
    return faults_;
  }
  std::uint64_t shifted() const {
    return shifted_;
  }

private:
  struct entry {
    std::int64_t time; // in the unit that the vendor tells
    std::uint64_t ticket;
    std::uint64_t revision;
    auto operator<=>(const entry&) const = default;
  };
  struct pending {
    base::timestamp due;
    entry what;
  };
  std::int64_t unit_us() const {
    return kind_ == config::poll_kind::hubspot_search ? 1'000 : 1'000'000;
  }
  bool once_in(std::uint64_t n) {
    return n > 0 && random_() % n == 0;
  }
  std::optional<poll_answer> fault(bool has_mark, std::string whole);
  // What the index shows, by time.
  std::vector<entry> shown(base::timestamp now);
  poll_answer zendesk(const poll_request& request, base::timestamp now);
  poll_answer search(const poll_request& request, base::timestamp now);
  poll_answer list(const poll_request& request, base::timestamp now);

  const config::poll_kind kind_;
  const vendor_policy policy_;
  std::mt19937_64 random_;
  std::map<std::uint64_t, std::pair<std::uint64_t, base::timestamp>> truth_;
  std::map<std::uint64_t, entry> index_;
  std::vector<pending> lagging_;
  std::uint64_t faults_ = 0;
  std::uint64_t shifted_ = 0; // tickets that changed while their pages were being read
};

// What an answer says of which tickets: (ticket, revision).
std::vector<std::pair<std::uint64_t, std::uint64_t>> records_of(const std::string& body);

} // namespace cxstream::pollers
