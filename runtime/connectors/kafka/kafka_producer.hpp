// A producer of librdkafka: idempotent, acks=all, keyed, partitioned as the Java client does it. Owned by one thread;
// its reports come only while that thread is in one of the calls here.
//
// Invariants:
//  1. Each message that produce() took gets one report, in collect() or one of the calls of a transaction.
//  2. After a fatal error, or when the brokers do not know us, is_broken() says so; its owner makes another one.
#pragma once

#include "base/result.hpp"
#include "connectors/encoding/message_marks.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

struct kafka_settings {
  std::string brokers; // host:port, several separated by commas
  std::string topic;
  std::string transactional_id; // empty: no transactions
  std::string security_protocol = "plaintext";
  std::string sasl_mechanism;
  std::string user;
  std::string password;
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  std::string compression = "lz4";
  std::chrono::milliseconds timeout{30'000};   // until a message is given up
  std::uint64_t message_bytes_max = 1'000'000; // the broker's message.max.bytes
  std::uint64_t queue_bytes_max = 64u << 20u;  // of messages under way
  std::uint64_t queue_messages_max = 100'000;
};

struct kafka_report {
  std::uint64_t number = 0;
  int error = 0; // rd_kafka_resp_err_t; 0: stored
};

enum class produce_end : std::uint8_t { taken, too_large, queue_full, broken };

class kafka_producer {
public:
  // Speaks to nobody yet, except that with a transactional_id it waits (at most the timeout) until earlier holders of
  // it are fenced off. Errors: invalid_argument, unavailable.
  static base::result<std::unique_ptr<kafka_producer>> make(const kafka_settings& settings);
  ~kafka_producer();
  kafka_producer(const kafka_producer&) = delete;
  kafka_producer& operator=(const kafka_producer&) = delete;

  produce_end produce(std::string_view key, std::span<const header> headers, std::string_view body,
                      std::uint64_t number);
  // Waits for reports until none is owed or the time is over. True: none is owed.
  bool collect(std::chrono::milliseconds patience);
  std::vector<kafka_report> take_reports();
  bool is_broken() const;
  // What the library complained about last, for people; not about an event.
  std::string complaint() const;

  // A transaction. Errors: unavailable, with the library's words.
  base::result<void> begin();
  base::result<void> commit(std::chrono::milliseconds patience);
  // Of a transaction that has to be aborted: the error that made it so (rd_kafka_resp_err_t).
  int why_not_committed(std::chrono::milliseconds patience);
  base::result<void> abort(std::chrono::milliseconds patience);

private:
  struct handle;
  explicit kafka_producer(std::unique_ptr<handle> all);
  std::unique_ptr<handle> all_;
};

// librdkafka's name of an error, such as "Broker: Message size too large".
std::string kafka_error_text(int error);

} // namespace cxstream::connectors
