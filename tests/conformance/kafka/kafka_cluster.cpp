#include "conformance/kafka/kafka_cluster.hpp"

#include <stdexcept>

namespace cxstream::conformance {

namespace {

rd_kafka_t* make(rd_kafka_type_t type, const std::vector<std::pair<const char*, std::string>>& values) {
  auto* conf = rd_kafka_conf_new();
  char why[512];
  for (const auto& [name, value] : values)
    if (rd_kafka_conf_set(conf, name, value.c_str(), why, sizeof why) != RD_KAFKA_CONF_OK)
      throw std::runtime_error(why);
  rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
  auto* out = rd_kafka_new(type, conf, why, sizeof why);
  if (out == nullptr)
    throw std::runtime_error(why);
  return out;
}

std::string header(const rd_kafka_message_t* message, const char* name) {
  rd_kafka_headers_t* all = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(message, &all) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(all, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return {static_cast<const char*>(value), size};
}

stored_record record_of(const rd_kafka_message_t* m) {
  stored_record out;
  out.key.assign(static_cast<const char*>(m->key), m->key_len);
  out.partition = m->partition;
  out.idempotency_key = header(m, "idempotency_key");
  out.ticket_sequence = std::stoull("0" + header(m, "sequence"));
  out.version = header(m, "version");
  out.occurred_at = header(m, "occurred_at");
  out.body.assign(static_cast<const char*>(m->payload), m->len);
  return out;
}

} // namespace

kafka_cluster::kafka_cluster(int partitions, int brokers)
    : partitions_(partitions), host_(make(RD_KAFKA_PRODUCER, {})), cluster_(rd_kafka_mock_cluster_new(host_, brokers)) {
  rd_kafka_mock_topic_create(cluster_, topic, partitions, 1);
}

kafka_cluster::~kafka_cluster() {
  rd_kafka_mock_cluster_destroy(cluster_);
  rd_kafka_destroy(host_);
}

std::string kafka_cluster::brokers() const {
  return rd_kafka_mock_cluster_bootstraps(cluster_);
}

void kafka_cluster::set_down() {
  rd_kafka_mock_broker_set_down(cluster_, -1);
}

void kafka_cluster::set_up() {
  rd_kafka_mock_broker_set_up(cluster_, -1);
}

void kafka_cluster::set_delay(int ms) {
  rd_kafka_mock_broker_set_rtt(cluster_, -1, ms);
}

void kafka_cluster::fail_produce(const std::vector<rd_kafka_resp_err_t>& errors) {
  fail_request(0, errors);
}

void kafka_cluster::fail_request(std::int16_t api_key, const std::vector<rd_kafka_resp_err_t>& errors) {
  rd_kafka_mock_push_request_errors_array(cluster_, api_key, errors.size(), errors.data());
}

std::vector<stored_record> kafka_cluster::stored() {
  auto* reader = make(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers()},
                                          {"group.id", "reader"},
                                          {"enable.partition.eof", "true"},
                                          {"auto.offset.reset", "earliest"}});
  rd_kafka_poll_set_consumer(reader);
  auto* all = rd_kafka_topic_partition_list_new(partitions_);
  for (int p = 0; p < partitions_; ++p)
    rd_kafka_topic_partition_list_add(all, topic, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(reader, all);
  rd_kafka_topic_partition_list_destroy(all);
  std::vector<std::vector<stored_record>> by_partition(static_cast<std::size_t>(partitions_));
  for (int ended = 0, silent = 0; ended < partitions_ && silent < 20;) {
    auto* m = rd_kafka_consumer_poll(reader, 500);
    silent = m == nullptr ? silent + 1 : 0;
    if (m == nullptr)
      continue;
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
      ++ended;
    else if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      by_partition[static_cast<std::size_t>(m->partition)].push_back(record_of(m));
    rd_kafka_message_destroy(m);
  }
  rd_kafka_consumer_close(reader);
  rd_kafka_destroy(reader);
  std::vector<stored_record> out;
  for (auto& records : by_partition)
    out.insert(out.end(), records.begin(), records.end());
  return out;
}

} // namespace cxstream::conformance
