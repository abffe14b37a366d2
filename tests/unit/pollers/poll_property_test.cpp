// Property: whatever a vendor does and wherever the process dies, the newest revision of every ticket that is older
// than the vendor's trail has been read. Checked against the vendor's own truth, with floors, and with mutants that
// must be caught.
#include "unit/pollers/model_vendor.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cxstream::pollers {
namespace {

using config::poll_kind;
using std::chrono::seconds;

enum class mutant { none, stores_before_durable, overlaps_less_than_the_index_lags };

struct outcome {
  std::vector<std::uint64_t> missed; // tickets
  std::uint64_t crashes = 0;
  std::uint64_t faults = 0;
  std::uint64_t shifted = 0;
  std::uint64_t pages = 0;
};

class world {
public:
  world(poll_kind kind, std::uint64_t seed, mutant how)
      : random_(seed), how_(how), config_(config_of(kind)), vendor_(kind, policy_of(kind, seed, how), seed * 31 + 7) {
    config_.overlap = seconds{60};
    config_.every = seconds{20};
    if (kind == poll_kind::paged_json) {
      config_.paged.records = ".items";
      config_.paged.by = config::paging::number;
      config_.paged.page_parameter = "page";
      config_.paged.since_parameter = "since";
      config_.paged.since_format = config::poll_time_format::unix_s;
      config_.paged.updated_path = ".changed";
    }
    restart();
  }

  outcome run() {
    const auto changes_end = noon + seconds{1'800};
    while (now_ < changes_end)
      step();
    quiet_ = true;
    while (now_ < changes_end + seconds{3'600})
      step();
    outcome out{{}, crashes_, vendor_.faults(), vendor_.shifted(), pages_};
    for (const auto& [ticket, what] : vendor_.truth())
      if (!read_.contains({ticket, what.first}))
        out.missed.push_back(ticket);
    return out;
  }

private:
  static vendor_policy policy_of(poll_kind kind, std::uint64_t seed, mutant how) {
    vendor_policy out;
    out.index_lag_max = kind == poll_kind::zendesk_export ? seconds{0} : seconds{40};
    if (how == mutant::overlaps_less_than_the_index_lags)
      out.index_lag_max = seconds{600};
    out.fault_one_in = seed % 3 == 0 ? 3 : 10; // harsh and mild
    return out;
  }

  void pass(base::duration time) {
    const auto until = now_ + time;
    while (now_ < until) {
      now_ = std::min(until, now_ + seconds{1 + random_() % 5});
      if (!quiet_ && random_() % 3 == 0)
        vendor_.change(random_() % 40, now_);
    }
  }

  void restart() {
    machine_.emplace(machine_of(config_, random_()));
    effect_ = machine_->start(stored_, now_);
  }

  // Dies now and then instead of doing what it should, or right after it.
  bool dies() {
    if (quiet_ || random_() % 25 != 0)
      return false;
    ++crashes_;
    pass(seconds{random_() % 120});
    restart();
    return true;
  }

  void step() {
    if (dies())
      return;
    if (const auto* fetch = std::get_if<fetch_page>(&effect_)) {
      pass(seconds{1});
      const auto answer = vendor_.answer(fetch->request, now_);
      effect_ = answer ? machine_->answered(*answer, now_) : machine_->failed("broken connection");
      body_ = answer ? answer->body : "";
    } else if (std::holds_alternative<submit_page>(effect_)) {
      submit();
    } else if (const auto* store = std::get_if<store_cursor>(&effect_)) {
      const bool full = !quiet_ && random_() % 20 == 0;
      if (!full)
        stored_ = store->bytes;
      effect_ = full ? machine_->failed("disk full") : machine_->stored(now_);
    } else {
      pass(std::get<wait_for>(effect_).time);
      effect_ = machine_->woken(now_);
    }
  }

  void submit() {
    if (how_ == mutant::stores_before_durable) {
      effect_ = machine_->durable();
      stored_ = std::get<store_cursor>(effect_).bytes;
      if (dies())
        return;
    } else if (!quiet_ && random_() % 15 == 0) {
      effect_ = machine_->failed("the node takes no events now");
      return;
    }
    const auto records = records_of(body_);
    read_.insert(records.begin(), records.end());
    ++pages_;
    if (how_ == mutant::stores_before_durable)
      return;
    if (!dies())
      effect_ = machine_->durable();
  }

  std::mt19937_64 random_;
  const mutant how_;
  config::poll_config config_;
  model_vendor vendor_;
  base::timestamp now_ = noon;
  bool quiet_ = false; // no more changes, no more crashes
  std::optional<poll_machine> machine_;
  poll_effect effect_;
  std::optional<std::string> stored_;
  std::string body_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> read_;
  std::uint64_t crashes_ = 0;
  std::uint64_t pages_ = 0;
};

constexpr std::uint64_t seeds = 40;

// Over all seeds.
outcome play(poll_kind kind, mutant how) {
  outcome all;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto one = world(kind, seed, how).run();
    if (how == mutant::none && !one.missed.empty())
      ADD_FAILURE() << "seed " << seed << ": " << one.missed.size() << " tickets, the first is " << one.missed.front();
    all.missed.insert(all.missed.end(), one.missed.begin(), one.missed.end());
    all.crashes += one.crashes;
    all.faults += one.faults;
    all.shifted += one.shifted;
    all.pages += one.pages;
  }
  return all;
}

void expect_nothing_missed(poll_kind kind) {
  const auto all = play(kind, mutant::none);
  EXPECT_GT(all.crashes, seeds);
  EXPECT_GT(all.faults, 3 * seeds);
  EXPECT_GT(all.shifted, 20 * seeds);
  EXPECT_GT(all.pages, 30 * seeds);
}

TEST(PollProperty, TheZendeskExportMissesNothing) {
  expect_nothing_missed(poll_kind::zendesk_export);
}
TEST(PollProperty, TheIntercomSearchMissesNothing) {
  expect_nothing_missed(poll_kind::intercom_search);
}
TEST(PollProperty, TheHubspotSearchMissesNothing) {
  expect_nothing_missed(poll_kind::hubspot_search);
}
TEST(PollProperty, AListWithoutOrderMissesNothing) {
  expect_nothing_missed(poll_kind::paged_json);
}

TEST(PollProperty, CatchesAPollerThatStoresItsCursorTooEarly) {
  EXPECT_FALSE(play(poll_kind::zendesk_export, mutant::stores_before_durable).missed.empty());
}
TEST(PollProperty, CatchesASearchThatTrustsAnIndexToBeFresh) {
  EXPECT_FALSE(play(poll_kind::intercom_search, mutant::overlaps_less_than_the_index_lags).missed.empty());
  EXPECT_FALSE(play(poll_kind::hubspot_search, mutant::overlaps_less_than_the_index_lags).missed.empty());
}

} // namespace
} // namespace cxstream::pollers
