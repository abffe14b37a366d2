// What the webhook receiver does with a delivery: take it, know it again, or refuse it. Thread-safe.
#pragma once

#include "connectors/webhook/signature.hpp"
#include "receiver.hpp"

#include <cstdint>
#include <deque>
#include <fstream>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace cxstream::cli {

// What is sent back.
struct receiver_answer {
  int status = 200;
  std::string body;
  bool retry_after = false; // ask for a pause of one second
};

struct receiver_counts {
  std::uint64_t requests = 0;
  std::uint64_t deliveries = 0; // webhook ids taken for the first time
  std::uint64_t events = 0;     // in them
  std::uint64_t repeats = 0;    // webhook ids taken before
  std::uint64_t failed = 0;     // answered 5xx
  std::uint64_t throttled = 0;  // answered 429
  std::uint64_t refused = 0;    // answered 4xx
  std::uint64_t slowed = 0;
};

class receiver_desk {
public:
  // `signature`: none to take unsigned deliveries.
  receiver_desk(receiver_options options, std::optional<connectors::signer> signature);

  // Whether this request is one of the slow ones.
  bool draws_slow();
  receiver_answer take(const connectors::signed_headers& headers, std::string_view body, std::int64_t now_us);
  // The counts as JSON.
  std::string stats() const;
  // False when the log file could not be written.
  bool log_is_good() const;

private:
  struct event {
    std::string ticket_id;
    std::uint64_t ticket_sequence = 0;
    std::string idempotency_key;
  };
  static constexpr std::size_t ids_max = 1'000'000; // remembered

  static std::optional<std::vector<event>> parse(std::string_view body);
  receiver_answer judge(const connectors::signed_headers& headers, std::string_view body, std::int64_t now_us);
  receiver_answer accept(const std::string& id, const std::vector<event>& events, std::int64_t now_us);
  bool draws(double share);

  const receiver_options options_;
  const std::optional<connectors::signer> signature_;
  mutable std::mutex mutex_; // guards what follows
  std::mt19937_64 random_;
  receiver_counts counts_;
  std::unordered_set<std::string> ids_;
  std::deque<std::string> ids_in_order_;
  std::ofstream log_;
};

} // namespace cxstream::cli
