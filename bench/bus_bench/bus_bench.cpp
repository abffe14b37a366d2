// Throughput and CPU of the bus connectors, each beside the plain client of its target sending the same bytes: NATS
// JetStream on a real nats-server, Kafka on librdkafka's mock brokers in another process. CPU is of this process alone.
#include "conformance/kafka/kafka_cluster.hpp"
#include "conformance/nats/nats_server.hpp"
#include "connectors/encoding/event_body.hpp"
#include "load/load.hpp"
#include "unit/connectors/deliveries.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nats/nats.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cxstream::bench {
namespace {

constexpr std::size_t batch = 1'000;
constexpr std::uint64_t tickets = 20'000;

std::vector<std::string> bodies_of(const std::vector<ports::delivery>& events) {
  v1::Projection everything;
  everything.set_kind(v1::BI);
  connectors::event_body body{connectors::json_event(*model::compile_projection(everything))};
  std::vector<std::string> out(events.size());
  for (std::size_t i = 0; i < events.size(); ++i)
    body.append(events[i], connectors_test::now, out[i]);
  return out;
}

config::sink_config sink_of(const char* kind, std::map<std::string, std::string> settings) {
  config::sink_config out;
  out.name = "bus";
  out.kind = kind;
  out.projection.set_kind(v1::BI);
  out.settings = std::move(settings);
  return out;
}

// As `nats bench --js --pub` does it: asynchronous publishes, a batch of them under way.
void publish_plainly(const std::string& url, const std::vector<std::string>& bodies) {
  natsConnection* connection = nullptr;
  jsCtx* js = nullptr;
  if (natsConnection_ConnectTo(&connection, url.c_str()) != NATS_OK ||
      natsConnection_JetStream(&js, connection, nullptr) != NATS_OK)
    fail("no connection to nats-server");
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto subject = "cx.plain." + std::to_string(i * 2'654'435'761U % tickets);
    if (js_PublishAsync(js, subject.c_str(), bodies[i].data(), static_cast<int>(bodies[i].size()), nullptr) != NATS_OK)
      fail("a publish failed");
    if ((i + 1) % batch == 0 && js_PublishAsyncComplete(js, nullptr) != NATS_OK)
      fail("an acknowledgement is missing");
  }
  if (js_PublishAsyncComplete(js, nullptr) != NATS_OK)
    fail("an acknowledgement is missing");
  jsCtx_Destroy(js);
  natsConnection_Destroy(connection);
}

void bench_nats(const std::vector<ports::delivery>& events, const std::vector<std::string>& bodies) {
  if (!conformance::nats_server::is_installed()) {
    std::puts("nats: nats-server is not installed");
    return;
  }
  conformance::nats_server server;
  const auto with_user = "nats://cx:" + std::string(conformance::nats_server::password) + "@" + server.url().substr(7);
  measure("nats, plain client (libnats)", events.size(), cpu_of::process, [&] { publish_plainly(with_user, bodies); });
  measure("nats, connector", events.size(), cpu_of::process, [&] {
    deliver_all(
        sink_of("nats", {{"servers", server.url()}, {"user", "cx"}, {"password", conformance::nats_server::password}}),
        events, batch);
  });
}

// Idempotent, acks=all, as the connector is; what rdkafka_performance does.
void produce_plainly(const std::string& brokers, const std::vector<ports::delivery>& events,
                     const std::vector<std::string>& bodies) {
  auto* conf = rd_kafka_conf_new();
  char why[512];
  for (const auto& [name, value] :
       {std::pair{"bootstrap.servers", brokers.c_str()}, std::pair{"enable.idempotence", "true"},
        std::pair{"partitioner", "murmur2"}, std::pair{"compression.codec", "lz4"}, std::pair{"linger.ms", "1"}})
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
      fail(why);
  auto* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    while (rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(conformance::kafka_cluster::topic),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                             RD_KAFKA_V_KEY(const_cast<char*>(events[i].ticket_id.data()), events[i].ticket_id.size()),
                             RD_KAFKA_V_VALUE(const_cast<char*>(bodies[i].data()), bodies[i].size()),
                             RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
      rd_kafka_poll(producer, 10);
    if ((i + 1) % batch == 0)
      rd_kafka_flush(producer, 10'000);
  }
  if (rd_kafka_flush(producer, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
    fail("a report is missing");
  rd_kafka_destroy(producer);
}

// The brokers' process: says where it listens, and ends when nobody holds the pipe any more.
struct brokers {
  pid_t pid = -1;
  std::string address;
  int hold = -1;
};

brokers start_brokers() {
  int says[2], holds[2];
  if (::pipe(says) != 0 || ::pipe(holds) != 0)
    fail("no pipe");
  brokers out;
  out.pid = ::fork();
  if (out.pid == 0) {
    ::close(holds[1]);
    {
      const conformance::kafka_cluster cluster(8, 1);
      const auto where = cluster.brokers() + "\n";
      char byte = 0;
      if (::write(says[1], where.data(), where.size()) > 0)
        while (::read(holds[0], &byte, 1) > 0) {
        }
    }
    ::_exit(0);
  }
  char byte = 0;
  while (::read(says[0], &byte, 1) == 1 && byte != '\n')
    out.address += byte;
  out.hold = holds[1];
  return out;
}

void bench_kafka(const brokers& at, const std::vector<ports::delivery>& events,
                 const std::vector<std::string>& bodies) {
  const auto topic = std::string(conformance::kafka_cluster::topic);
  measure("kafka, plain client (librdkafka)", events.size(), cpu_of::process,
          [&] { produce_plainly(at.address, events, bodies); });
  measure("kafka, connector", events.size(), cpu_of::process, [&] {
    deliver_all(sink_of("kafka", {{"brokers", at.address}, {"topic", topic}}), events, batch);
  });
  measure("kafka, connector in transactions", events.size(), cpu_of::process, [&] {
    deliver_all(sink_of("kafka", {{"brokers", at.address}, {"topic", topic}, {"transactional_id", "bench"}}), events,
                batch);
  });
}

} // namespace
} // namespace cxstream::bench

int main(int argc, char** argv) {
  const std::size_t n = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000;
  const auto brokers = cxstream::bench::start_brokers(); // before there are threads
  const auto events = cxstream::bench::make_events(n, cxstream::bench::tickets);
  const auto bodies = cxstream::bench::bodies_of(events);
  std::printf("%zu events of %zu bytes on average, batches of %zu, one connection\n", n, bodies.at(0).size(),
              cxstream::bench::batch);
  cxstream::bench::bench_nats(events, bodies);
  cxstream::bench::bench_kafka(brokers, events, bodies);
  ::close(brokers.hold);
  ::waitpid(brokers.pid, nullptr, 0);
  return 0;
}
