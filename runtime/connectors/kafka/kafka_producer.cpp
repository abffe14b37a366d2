#include "connectors/kafka/kafka_producer.hpp"

#include <librdkafka/rdkafka.h>

namespace cxstream::connectors {

namespace {

struct conf_free {
  void operator()(rd_kafka_conf_t* c) const {
    rd_kafka_conf_destroy(c);
  }
};
using conf_handle = std::unique_ptr<rd_kafka_conf_t, conf_free>;
struct error_free {
  void operator()(rd_kafka_error_t* e) const {
    rd_kafka_error_destroy(e);
  }
};
using error_handle = std::unique_ptr<rd_kafka_error_t, error_free>;

base::error unavailable(std::string_view text) {
  return {base::error_code::unavailable, "Kafka: " + std::string(text)};
}

// What the library's own threads and callbacks leave for the owner; callbacks run in the owner's thread, within poll.
struct heard {
  std::vector<kafka_report> reports;
  std::string complaint;
  bool unauthenticated = false; // the brokers do not know us
};

void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& out = *static_cast<heard*>(opaque);
  out.reports.push_back({reinterpret_cast<std::uintptr_t>(message->_private), message->err});
}

void on_error(rd_kafka_t*, int error, const char* reason, void* opaque) {
  auto& out = *static_cast<heard*>(opaque);
  out.complaint = reason;
  out.unauthenticated |= error == RD_KAFKA_RESP_ERR__AUTHENTICATION;
}

// The library writes to stderr otherwise; what matters comes as errors and reports.
void on_log(const rd_kafka_t*, int, const char*, const char*) {
}

base::result<void> set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  char why[512];
  if (value.empty() || rd_kafka_conf_set(conf, name, value.c_str(), why, sizeof why) == RD_KAFKA_CONF_OK)
    return {};
  return base::error{base::error_code::invalid_argument, "Kafka: " + std::string(why)};
}

base::result<void> configure(rd_kafka_conf_t* conf, const kafka_settings& s) {
  const auto timeout = std::to_string(s.timeout.count());
  const std::pair<const char*, std::string> values[] = {
      {"client.id", "cxstream"},
      {"bootstrap.servers", s.brokers},
      {"enable.idempotence", "true"}, // acks=all and in-order retries with it
      {"partitioner", "murmur2"},     // a ticket is in the partition that a Java client would look for it in
      {"message.timeout.ms", timeout},
      {"message.max.bytes", std::to_string(s.message_bytes_max)},
      {"queue.buffering.max.messages", std::to_string(s.queue_messages_max)},
      {"queue.buffering.max.kbytes", std::to_string(std::max<std::uint64_t>(s.queue_bytes_max / 1'024, 1))},
      {"linger.ms", "1"},
      {"compression.codec", s.compression},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "500"}, // longer pauses are the breaker's
      {"socket.keepalive.enable", "true"},
      {"security.protocol", s.security_protocol},
      {"sasl.mechanism", s.sasl_mechanism},
      {"sasl.username", s.user},
      {"sasl.password", s.password},
      {"ssl.ca.location", s.ca_file},
      {"ssl.certificate.location", s.certificate_file},
      {"ssl.key.location", s.key_file},
      {"transactional.id", s.transactional_id},
      {"transaction.timeout.ms", s.transactional_id.empty() ? "" : std::to_string(2 * s.timeout.count() + 1'000)},
  };
  for (const auto& [name, value] : values)
    if (auto done = set(conf, name, value); !done)
      return done;
  return {};
}

base::result<void> as_result(rd_kafka_error_t* raw) {
  const error_handle error(raw);
  if (!error)
    return {};
  return unavailable(rd_kafka_error_string(error.get()));
}

int whole(std::chrono::milliseconds time) {
  return static_cast<int>(std::max<std::int64_t>(time.count(), 1));
}

} // namespace

struct kafka_producer::handle {
  heard all;
  rd_kafka_t* producer = nullptr;
  std::string topic;
  bool broken = false;

  handle() = default;
  handle(const handle&) = delete;
  handle& operator=(const handle&) = delete;
  // What is still under way is not waited for: whoever closes has collected what matters.
  ~handle() {
    if (producer == nullptr)
      return;
    rd_kafka_purge(producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(producer, 1'000);
    rd_kafka_destroy(producer);
  }
};

kafka_producer::kafka_producer(std::unique_ptr<handle> all) : all_(std::move(all)) {
}

kafka_producer::~kafka_producer() = default;

base::result<std::unique_ptr<kafka_producer>> kafka_producer::make(const kafka_settings& settings) {
  auto all = std::make_unique<handle>();
  all->topic = settings.topic;
  conf_handle conf(rd_kafka_conf_new());
  if (auto done = configure(conf.get(), settings); !done)
    return done.err();
  rd_kafka_conf_set_opaque(conf.get(), &all->all);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_report);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  char why[512];
  all->producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why, sizeof why);
  if (all->producer == nullptr)
    return base::error{base::error_code::invalid_argument, "Kafka: " + std::string(why)};
  (void)conf.release(); // the producer's now
  if (!settings.transactional_id.empty())
    if (auto done = as_result(rd_kafka_init_transactions(all->producer, whole(settings.timeout))); !done)
      return done.err();
  return std::unique_ptr<kafka_producer>(new kafka_producer(std::move(all)));
}

produce_end kafka_producer::produce(std::string_view key, std::span<const header> headers, std::string_view body,
                                    std::uint64_t number) {
  auto* list = rd_kafka_headers_new(headers.size());
  for (const auto& h : headers)
    rd_kafka_header_add(list, h.name.data(), static_cast<ssize_t>(h.name.size()), h.value.data(),
                        static_cast<ssize_t>(h.value.size()));
  // What the library does not change is passed as void* in C.
  const auto error = rd_kafka_producev(
      all_->producer, RD_KAFKA_V_TOPIC(all_->topic.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_KEY(const_cast<char*>(key.data()), key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(body.data()), body.size()), RD_KAFKA_V_HEADERS(list),
      RD_KAFKA_V_OPAQUE(reinterpret_cast<void*>(static_cast<std::uintptr_t>(number))), RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    return produce_end::taken;
  rd_kafka_headers_destroy(list);
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    return produce_end::too_large;
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL)
    return produce_end::queue_full;
  all_->broken = true;
  all_->all.complaint = rd_kafka_err2str(error);
  return produce_end::broken;
}

bool kafka_producer::collect(std::chrono::milliseconds patience) {
  return rd_kafka_flush(all_->producer, whole(patience)) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::vector<kafka_report> kafka_producer::take_reports() {
  return std::exchange(all_->all.reports, {});
}

bool kafka_producer::is_broken() const {
  char text[8];
  return all_->broken || all_->all.unauthenticated ||
         rd_kafka_fatal_error(all_->producer, text, sizeof text) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::string kafka_producer::complaint() const {
  return all_->all.complaint;
}

base::result<void> kafka_producer::begin() {
  return as_result(rd_kafka_begin_transaction(all_->producer));
}

base::result<void> kafka_producer::commit(std::chrono::milliseconds patience) {
  return as_result(rd_kafka_commit_transaction(all_->producer, whole(patience)));
}

int kafka_producer::why_not_committed(std::chrono::milliseconds patience) {
  const error_handle error(rd_kafka_commit_transaction(all_->producer, whole(patience)));
  return error ? rd_kafka_error_code(error.get()) : 0;
}

base::result<void> kafka_producer::abort(std::chrono::milliseconds patience) {
  return as_result(rd_kafka_abort_transaction(all_->producer, whole(patience)));
}

std::string kafka_error_text(int error) {
  return rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(error));
}

} // namespace cxstream::connectors
