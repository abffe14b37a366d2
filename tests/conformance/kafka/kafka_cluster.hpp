// librdkafka's own mock cluster: brokers on loopback ports in this process, which speak Kafka's protocol, answer with
// errors when they are told to, and can be away or slow. It checks no sequence numbers and keeps aborted records, so
// what it cannot show is left to real brokers (docs/connectors/kafka.md). Owned by one thread.
#pragma once

#include <cstdint>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <string>
#include <vector>

namespace cxstream::conformance {

struct stored_record {
  std::string key;
  std::int32_t partition = 0;
  std::string idempotency_key;
  std::uint64_t ticket_sequence = 0;
  std::string version;
  std::string occurred_at;
  std::string body;
};

class kafka_cluster {
public:
  static constexpr const char* topic = "cx.tickets";

  explicit kafka_cluster(int partitions = 4, int brokers = 2);
  ~kafka_cluster();
  kafka_cluster(const kafka_cluster&) = delete;
  kafka_cluster& operator=(const kafka_cluster&) = delete;

  std::string brokers() const;
  void set_down();
  void set_up();
  // Answers come after so long.
  void set_delay(int ms);
  // The next produce requests end with these errors.
  void fail_produce(const std::vector<rd_kafka_resp_err_t>& errors);
  // The same of another request, by Kafka's number of it.
  void fail_request(std::int16_t api_key, const std::vector<rd_kafka_resp_err_t>& errors);

  // Every record of the topic, partition by partition in order.
  std::vector<stored_record> stored();

private:
  int partitions_;
  rd_kafka_t* host_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

} // namespace cxstream::conformance
