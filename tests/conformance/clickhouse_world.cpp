// A real ClickHouse: killed, frozen, with another password, with a column that one ticket does not fit, and behind a
// wire that loses the answer to an INSERT.
#include "conformance/configured_world.hpp"
#include "conformance/conformance.hpp"
#include "conformance/lossy_wire.hpp"
#include "servers/harness/clickhouse_server.hpp"

#include <sstream>

namespace cxstream::conformance {

namespace {

class clickhouse_world final : public configured_world {
public:
  clickhouse_world() {
    if (!servers::clickhouse_is_here())
      return;
    server_ = std::make_unique<servers::clickhouse_server>();
    server_->set_password(password);
    wire_ = std::make_unique<lossy_wire>(server_->port(), "INSERT");
    sink_.name = "olap";
    sink_.kind = "clickhouse";
    sink_.settings = {{"url", "http://127.0.0.1:" + std::to_string(wire_->port())},
                      {"password", password},
                      {"allow_private", "true"},
                      {"batch_events", "50"},
                      {"connect_timeout", "1s"},
                      {"timeout", "1s"}};
    // The schema is the connector's to make; what the world does to it comes after it.
    auto first = connect();
    EXPECT_TRUE(first->open());
    first->close();
    server_->rows("SYSTEM STOP MERGES"); // so that the names of parts tell the order in which they were written
  }
  std::string cannot_run() const override {
    return server_ ? "" : "ClickHouse is not installed";
  }
  // As the view has them, each once; in the order of the parts in which they came first.
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& row : server_->rows(
             "SELECT ticket_sequence, ticket_id, idempotency_key FROM cxstream.v_ticket_history ANY LEFT JOIN (SELECT"
             " ticket_id, ticket_sequence, min(toUInt32(splitByChar('_', _part)[2])) AS place FROM"
             " cxstream.fact_ticket_event GROUP BY ticket_id, ticket_sequence) USING ticket_id, ticket_sequence ORDER"
             " BY place, ticket_id, ticket_sequence")) {
      std::istringstream in(row);
      auto& event = out.emplace_back();
      in >> event.ticket_sequence >> event.ticket_id >> event.idempotency_key;
    }
    return out;
  }
  // Events are one second apart, by their sequence.
  std::uint64_t current_sequence(const std::string& ticket) override {
    return std::stoull(server_->value("SELECT intDiv(last_occurred_at_us - " +
                                      std::to_string(connectors_test::start_us) +
                                      ", 1000000) FROM cxstream.v_ticket_current WHERE ticket_id = '" + ticket + "'"));
  }
  bool begin(const trouble& t) override {
    trouble_ = t.kind;
    switch (t.kind) {
      case trouble_kind::away:
        server_->kill9();
        return true;
      case trouble_kind::slow:
        server_->freeze();
        return true;
      case trouble_kind::refusing:
        server_->rows("ALTER TABLE cxstream.fact_ticket_event ADD COLUMN fits UInt32 MATERIALIZED toUInt32(if(ticket_id"
                      " = '" +
                      t.ticket + "', 'not this ticket', '1'))");
        return true;
      case trouble_kind::expired:
        server_->set_password("an0ther");
        return true;
      case trouble_kind::losing_answers:
        wire_->begin_losing();
        return true;
      case trouble_kind::failing:
      case trouble_kind::throttling:
        break;
    }
    trouble_.reset();
    return false;
  }
  void end() override {
    const auto was = std::exchange(trouble_, std::nullopt);
    if (was == trouble_kind::away) {
      server_->start();
      server_->rows("SYSTEM STOP MERGES");
    } else if (was == trouble_kind::slow) {
      server_->thaw();
    } else if (was == trouble_kind::refusing) {
      server_->rows("ALTER TABLE cxstream.fact_ticket_event DROP COLUMN fits");
    } else if (was == trouble_kind::expired) {
      server_->set_password(password);
    } else if (was == trouble_kind::losing_answers) {
      EXPECT_GT(wire_->lost(), 0) << "no answer was lost";
      wire_->end_losing();
    }
  }
  std::string cannot(trouble_kind kind) const override {
    return kind == trouble_kind::failing ? "ClickHouse says of a row only that it does not fit"
                                         : "ClickHouse asks for a pause only when it has too many parts or queries";
  }
  // One answer for all rows of an INSERT.
  bool answers_for_all() const override {
    return true;
  }
  std::vector<std::string> secrets() const override {
    return {password};
  }

private:
  static constexpr const char* password = "w0rd-of-the-loader";

  std::unique_ptr<servers::clickhouse_server> server_;
  std::unique_ptr<lossy_wire> wire_;
  std::optional<trouble_kind> trouble_;
};

INSTANTIATE_TEST_SUITE_P(clickhouse, ConnectorConformance, every_requirement<clickhouse_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
