// The configuration of a node as plain values, with the defaults. config/load.hpp reads it from YAML.
#pragma once

#include "base/credit.hpp"
#include "config/poll_config.hpp"

#include "cxstream/v1/delivery.pb.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::config {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct ingest_config {
  std::uint32_t credit_events = base::credit_events_default; // unanswered events a stream may have
  seconds future_tolerance{600};                             // how far ahead of the node's clock occurred_at may be
  std::uint32_t event_bytes_max = 65'536;
  std::uint32_t batch_bytes_max = 4u << 20u;
  std::string taxonomy_file;        // empty: no taxonomy
  seconds taxonomy_reload_every{2}; // how often the file is looked at
};

struct storage_config {
  std::string data_dir = "data";
  std::uint16_t partitions = 64; // fixed when the data directory is created
  seconds dedup_window{30 * 24 * 3600};
  std::uint32_t live_tickets_max = 200'000; // over the node; idle tickets are passivated beyond it
  std::uint64_t write_buffer_bytes = 128u << 20u;
  std::uint64_t block_cache_bytes = 128u << 20u;
  milliseconds checkpoint_every{10'000}; // how often derived data is written
};

struct retry_config {
  milliseconds backoff_initial{500};
  milliseconds backoff_max{300'000};
  double backoff_factor = 2.0;
  double jitter = 0.2;             // share of the backoff that is drawn at random
  std::uint32_t attempts_max = 12; // then it becomes a dead letter
};

struct breaker_config {
  std::uint32_t failures_to_open = 8; // in a row, of at least three tickets, or unreachable
  milliseconds open_initial{1'000};
  milliseconds open_max{60'000};
};

// When a sink's target is compared with what it should hold, by itself.
struct reconcile_config {
  std::chrono::milliseconds every{0}; // 0: never
  bool repair = false;                // deliver again what is missing, stale or altered
};

// What a target may be called by agreement. Requests: calls, or events where the kind makes one request an event.
struct allowance_config {
  double per_second = 0;           // 0: no limit
  double burst = 0;                // may go at once after a pause; 0: a second's worth
  std::uint64_t calls_per_day = 0; // 0: no budget
  std::uint32_t reset_hour = 0;    // UTC
  std::uint32_t concurrency_min = 1;
  std::uint32_t concurrency_max = 0; // 0: what the kind has
};

// What is promised of a sink's speed.
struct sla_config {
  double share = 0.99;            // of events …
  milliseconds within{60'000};    // … delivered within this time …
  std::string of = "occurred";    // … from: occurred, received …
  seconds window{28 * 24 * 3600}; // … over any time as long as this
};

struct sink_config {
  std::string name;
  std::string kind; // one of config/sink_kinds.hpp
  v1::Filter filter;
  v1::Projection projection;
  retry_config retry;
  breaker_config breaker;
  reconcile_config reconcile;
  allowance_config allowance;
  std::optional<bool> coalesce;                // none: as the kind of target has it
  std::optional<sla_config> sla;               // none: its speed is not measured against anything
  std::uint32_t in_flight_events_max = 1'024;  // a partition
  std::uint32_t lanes_max = 10'000;            // waiting tickets a partition; beyond it the sink stops reading
  std::map<std::string, std::string> settings; // of the connector: path, url, secret, …; checked by the connector
  std::map<std::string, int> setting_lines;    // line of each setting in the file, for messages
  int line = 0;                                // of the sink in the file, for messages
};

// How a source proves that a payload is its own; scheme and options are checked by the verifier.
struct verify_config {
  std::string scheme; // zendesk, intercom, standard_webhooks, hmac, header, …, or none
  std::vector<std::string> secrets;
  std::map<std::string, std::string> options;
};

// What a source may send. 0: as much as it likes.
struct source_limits {
  double events_per_second = 0;
  double burst_events = 0; // may come at once after a pause; 0: a second's worth
  double bytes_per_second = 0;
};

// What a source's payloads are held to.
struct contract_config {
  std::string mode = "warn"; // warn, quarantine, enforce
  std::string schema;        // JSON Schema file; empty: none
  std::vector<std::string> on{"schema", "new_field", "type_change", "new_value", "missing_field"}; // what breaks it
  std::uint32_t learn = 200; // payloads that are learned from before changes are looked for
};

// A source that posts to /v1/sources/<name>.
struct source_config {
  std::string name;
  std::string mapping; // name of a built-in mapping, or a file
  verify_config verify;
  source_limits limits;
  contract_config contract;
  std::optional<poll_config> poll; // none: it is not polled
  bool removed = false;            // it is told to stop (410)
  int line = 0;                    // in the file, for messages
};

// PEM files of the gRPC server and the HTTP server of sources.
struct tls_config {
  std::string certificate; // empty: no TLS
  std::string key;
  std::string client_ca; // given: clients must have a certificate that it vouches for (mutual TLS)
};

// The HTTP server of sources.
struct intake_http_config {
  std::string listen = "127.0.0.1:7403"; // empty: none
  std::uint32_t body_bytes_max = 1u << 20u;
  std::uint32_t connections_max = 20'000;
  std::uint64_t bytes_in_flight_max = 64u << 20u; // over all requests
};

// Links in messages by which their readers call a delivery wrong.
struct feedback_config {
  std::string url;    // where people reach intake_http: "https://cx.example.com"; empty: no such links
  std::string secret; // of their signatures, or where it is (security/secrets)
  seconds expires{30 * 86'400};
};

// Import jobs: files that the node itself reads.
struct imports_config {
  std::vector<std::string> folders;              // whose files may be imported by their path; empty: none
  std::string mappings;                          // folder of FILE.yaml, each a mapping that uploads may name
  std::uint64_t upload_bytes_max = 64ull << 30u; // of one file
  std::uint64_t free_bytes_min = 1ull << 30u;    // of the disk, that uploads leave
  std::uint32_t uploads_max = 4;                 // at once
  std::uint32_t jobs_at_once = 1;                // that run
  double rows_per_second = 10'000;               // of one job; 0: as fast as it goes
  std::uint64_t refused_rows_max = 100'000;      // then a job pauses itself; 0: no bound
  seconds keep{30 * 24 * 3600};                  // jobs that have come to their end
};

// When dead letters are too many or too old: a warning in status, log and metrics.
struct dead_letter_config {
  std::uint64_t warn_count = 1'000; // of one stage and sink; 0: never
  seconds warn_age{24 * 3600};      // of the oldest; 0: never
};

struct node_config {
  std::string grpc_listen = "127.0.0.1:7400";
  std::string http_listen = "127.0.0.1:7401"; // metrics and health
  ingest_config ingest;
  storage_config storage;
  tls_config tls;
  std::string keys_file; // API keys; empty: whoever reaches the node may do anything
  intake_http_config intake_http;
  feedback_config feedback;
  imports_config imports;
  std::vector<source_config> sources;
  std::vector<sink_config> sinks;
  dead_letter_config dead_letters;
  std::string log_level = "info";
  seconds shutdown_timeout{20};
  std::uint32_t worker_threads = 0; // 0: one a core, at least 2
  // Of the threads that call targets: "background" (they take what CPU the rest leaves) or "normal".
  std::string delivery_priority = "background";
};

} // namespace cxstream::config
