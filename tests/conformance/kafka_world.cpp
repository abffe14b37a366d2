// A Kafka of librdkafka's mock brokers, without and with transactions.
#include "conformance/configured_world.hpp"
#include "conformance/conformance.hpp"
#include "conformance/kafka/kafka_cluster.hpp"

namespace cxstream::conformance {

namespace {

class kafka_world : public configured_world {
public:
  explicit kafka_world(const std::string& transactional_id) {
    sink_.name = "bus";
    sink_.kind = "kafka";
    sink_.settings = {
        {"brokers", cluster_.brokers()}, {"topic", kafka_cluster::topic}, {"timeout", "3s"}, {"batch_events", "50"}};
    if (!transactional_id.empty())
      sink_.settings["transactional_id"] = transactional_id;
  }
  // A consumer knows a repeat by ticket and idempotency key.
  repeats on_repeat() const override {
    return repeats::recognisable;
  }
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& r : cluster_.stored())
      out.push_back({r.key, r.ticket_sequence, r.idempotency_key, r.key + "\n" + r.idempotency_key});
    return out;
  }
  bool begin(const trouble& t) override {
    trouble_ = t.kind;
    if (t.kind == trouble_kind::away)
      cluster_.set_down();
    else if (t.kind == trouble_kind::slow)
      cluster_.set_delay(60'000);
    else
      trouble_.reset();
    return trouble_.has_value();
  }
  void end() override {
    const auto was = std::exchange(trouble_, std::nullopt);
    if (was == trouble_kind::away)
      cluster_.set_up();
    else if (was == trouble_kind::slow)
      cluster_.set_delay(0);
  }
  std::string cannot(trouble_kind) const override {
    return "the mock brokers have no such trouble for one ticket or in the middle of a request";
  }
  // The library looks once a second for what is over time.
  std::chrono::milliseconds patience() const override {
    return std::chrono::seconds{15};
  }

private:
  kafka_cluster cluster_;
  std::optional<trouble_kind> trouble_;
};

struct kafka_of_records final : kafka_world {
  kafka_of_records() : kafka_world("") {
  }
};
struct kafka_of_transactions final : kafka_world {
  kafka_of_transactions() : kafka_world("cx-1") {
  }
};

INSTANTIATE_TEST_SUITE_P(kafka, ConnectorConformance, every_requirement<kafka_of_records>(), name_of_requirement);
INSTANTIATE_TEST_SUITE_P(kafka_transactions, ConnectorConformance, every_requirement<kafka_of_transactions>(),
                         name_of_requirement);

} // namespace
} // namespace cxstream::conformance
