// sla_keeper: the service levels of the configured sinks: hears what is delivered and given up, keeps the counts in the
// store, answers operators, and sets the series of Prometheus. Thread-safe.
//
// Invariants:
//  1. look() and close() store what changed since the last time; the death of the process loses what came after the
//  last
//     look(), a few seconds of counts, never an event.
//  2. A sink is measured from the first start with an `sla` on; changing the promise keeps the counts that were made
//  under the
//     old one, and counts under the new one from then on.
#pragma once

#include "config/config.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/metrics_relay.hpp"
#include "ports/sla_desk.hpp"
#include "ports/store.hpp"
#include "protocols/sla/sla_book.hpp"
#include "telemetry/sla_metrics.hpp"

#include <map>
#include <mutex>
#include <string>

namespace cxstream::cli {

class sla_keeper final : public ports::metrics_relay, public ports::sla_desk {
public:
  // `to`: gets everything that is heard.
  sla_keeper(ports::metrics& to, ports::store& store, const ports::clock& clock, ports::log& log)
      : metrics_relay(to), store_(store), clock_(clock), log_(log) {
  }
  // Reads what was kept of the sinks that have an `sla`. Errors: of the store.
  base::result<void> open(const config::node_config& config);

  void dead(std::string_view sink, std::uint64_t events) override;
  void latency(std::string_view sink, base::timestamp occurred, base::timestamp received,
               base::timestamp delivered) override;
  void moved(const std::string& sink);

  void get_sla(v1::GetSlaRequest request, ports::reply<v1::GetSlaResponse> done) override;

  // Now and then: stores what changed.
  void look();
  void close() {
    look();
  }
  std::string text() const {
    return series_.text();
  }

private:
  struct measured {
    protocols::sla_book book;
    std::mutex mutex = {};
    std::int64_t first_hour = 0; // that is kept in the store
    measured(const protocols::sla_promise& promise, base::timestamp since) : book(promise, since) {
    }
  };

  base::result<void> open(const config::sink_config& sink);
  measured* find(std::string_view sink) const;
  void store_changes(const std::string& sink, measured& m, ports::write_batch& batch, base::timestamp now);

  ports::store& store_;
  const ports::clock& clock_;
  ports::log& log_;
  telemetry::sla_metrics series_;
  std::map<std::string, std::unique_ptr<measured>, std::less<>> sinks_; // fixed after open()
};

} // namespace cxstream::cli
