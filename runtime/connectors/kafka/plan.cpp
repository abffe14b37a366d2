#include "connectors/kafka/plan.hpp"

#include "connectors/encoding/body_plan.hpp"
#include "connectors/kafka/kafka_target.hpp"
#include "connectors/settings.hpp"

#include <array>

namespace cxstream::connectors {

using namespace std::chrono_literals;

namespace {

void read_security(settings& s, kafka_settings& out) {
  static constexpr std::array<std::string_view, 4> protocols{"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"};
  static constexpr std::array<std::string_view, 4> mechanisms{"", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"};
  out.security_protocol = s.choice("security_protocol", protocols);
  out.sasl_mechanism = s.choice("sasl_mechanism", mechanisms);
  out.user = s.text("user");
  out.ca_file = s.text("ca_file");
  out.certificate_file = s.text("certificate_file");
  out.key_file = s.text("key_file");
  if (out.security_protocol.starts_with("sasl") != !out.sasl_mechanism.empty())
    s.wrong("sasl_mechanism", "goes with security_protocol: sasl_plaintext or sasl_ssl");
  if (out.certificate_file.empty() != out.key_file.empty())
    s.wrong("certificate_file", "and key_file go together");
}

} // namespace

base::result<blueprint> plan_kafka(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 18> known{
      "brokers",  "topic",    "transactional_id", "security_protocol", "sasl_mechanism",    "user",
      "password", "ca_file",  "certificate_file", "key_file",          "compression",       "timeout",
      "queue",    "envelope", "dataschema",       "batch_events",      "message_bytes_max", "concurrency"};
  static constexpr std::array<std::string_view, 5> codecs{"lz4", "none", "gzip", "snappy", "zstd"};
  settings s(sink, known);
  kafka_sink_settings out;
  out.producer.brokers = s.required("brokers");
  out.producer.topic = s.required("topic");
  out.producer.transactional_id = s.text("transactional_id");
  read_security(s, out.producer);
  out.password = s.secret("password");
  out.producer.compression = s.choice("compression", codecs);
  out.producer.timeout = s.duration("timeout", out.producer.timeout, {100ms, 300s});
  out.producer.message_bytes_max = s.bytes("message_bytes_max", out.producer.message_bytes_max, {1'000, 100u << 20u});
  out.producer.queue_bytes_max = s.bytes("queue", out.producer.queue_bytes_max, {1u << 20u, 2'047u << 20u});
  out.batch_events_max = s.number("batch_events", out.batch_events_max, {1, 50'000});
  const bool in_transactions = !out.producer.transactional_id.empty();
  out.concurrency = s.number("concurrency", in_transactions ? 1 : out.concurrency, {1, 16});
  if (in_transactions && out.concurrency > 1)
    s.wrong("concurrency", "is 1 with a transactional_id: one producer may hold it");
  const auto form = read_body(s);
  if (auto checked = s.check(); !checked)
    return checked.err();
  auto body = body_of(sink, form);
  if (!body)
    return body.err();
  const ports::target_traits traits{out.batch_events_max, out.concurrency, false, false, false};
  return blueprint{traits, std::make_unique<kafka_target>(std::move(out), std::move(*body))};
}

} // namespace cxstream::connectors
