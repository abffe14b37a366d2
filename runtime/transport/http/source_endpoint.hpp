// source_endpoint: POST /v1/sources/{name}: a configured source's payloads, verified and mapped by its reader, answered
// only when the node has decided about all of them. Thread-safe; the references given must outlive it.
//
// Invariants:
//  1. A 200 or 202 means that every event and every dead letter of the payload is durable.
//  2. Payloads whose signature is wrong spend nothing of the source's rate (nobody silences a source by guessing), and
//  at most a few of them a minute are kept (nobody fills the disk by guessing).
//  3. A source's limits slow no other source.
#pragma once

#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/payload.hpp"
#include "ports/services.hpp"
#include "ports/source_meter.hpp"
#include "protocols/rate_limit.hpp"
#include "transport/http/http_exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace cxstream::transport {

struct http_source {
  std::shared_ptr<const ports::payload_reader> reader;
  std::string source_system;
  protocols::rate_policy rate;
  bool tells_broken_contract = false; // 422 for what breaks its contract; else 202 as for other dead letters
};

struct source_table {
  std::map<std::string, http_source, std::less<>> sources;
  std::set<std::string, std::less<>> removed; // answered 410: their senders shall stop
};

struct source_limits {
  std::size_t records_max = 16'384;          // a payload
  double unsigned_letters_per_minute = 10.0; // a source
};

struct source_services {
  ports::ingest_gate& gate;
  const ports::clock& clock;
  ports::source_meter& meter;
  ports::log& log;
};

class source_endpoint final : public http_handler {
public:
  source_endpoint(const source_services& services, source_table table, source_limits limits = {});
  ~source_endpoint() override;

  // From any thread; requests under way end as they began. Rates begin anew.
  void replace(source_table table);
  void handle(http_request request, std::shared_ptr<http_exchange> exchange) override;

private:
  struct served;
  struct book;
  std::shared_ptr<const book> current() const;
  void refuse_signature(const std::shared_ptr<served>& source, const ports::payload& from, ports::read_payload read,
                        const std::shared_ptr<http_exchange>& exchange);
  void submit(const std::shared_ptr<served>& source, const ports::payload& from, ports::read_payload read,
              const std::shared_ptr<http_exchange>& exchange);

  const source_services services_;
  const source_limits limits_;
  mutable std::mutex mutex_;
  std::shared_ptr<const book> book_;
};

} // namespace cxstream::transport
