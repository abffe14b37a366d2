// A real PostgreSQL: stopped, frozen, with another password, with a trigger that minds a ticket, and behind a wire that
// loses the answer to a COMMIT.
#include "conformance/configured_world.hpp"
#include "conformance/conformance.hpp"
#include "conformance/lossy_wire.hpp"
#include "servers/harness/postgres_server.hpp"

#include <fstream>
#include <sstream>

namespace cxstream::conformance {

namespace {

class postgres_world final : public configured_world {
public:
  postgres_world() {
    if (!servers::postgres_is_here())
      return;
    server_ = std::make_unique<servers::postgres_server>();
    server_->rows("CREATE ROLE loader LOGIN SUPERUSER");
    set_password(password);
    std::ofstream(server_->folder() + "/data/pg_hba.conf")
        << "host all cx 127.0.0.1/32 trust\nhost all loader 127.0.0.1/32 scram-sha-256\n";
    server_->rows("SELECT pg_reload_conf()");
    wire_ = std::make_unique<lossy_wire>(static_cast<std::uint16_t>(std::stoi(server_->port())), "COMMIT");
    sink_.name = "warehouse";
    sink_.kind = "postgres";
    sink_.settings = {{"host", "127.0.0.1"},      {"port", std::to_string(wire_->port())},
                      {"database", "postgres"},   {"user", "loader"},
                      {"password", password},     {"sslmode", "disable"},
                      {"batch_events", "50"},     {"connect_timeout", "1s"},
                      {"statement_timeout", "1s"}};
    // The schema is the connector's to make; what the world does to it comes after it.
    auto first = connect();
    EXPECT_TRUE(first->open());
    first->close();
  }
  std::string cannot_run() const override {
    return server_ ? "" : "PostgreSQL is not installed";
  }
  // In the order of the transactions; what one of them brings is there at once.
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& row : server_->rows(
             "SELECT t.ticket_id, f.ticket_sequence, f.idempotency_key FROM cxstream.fact_ticket_event f JOIN"
             " cxstream.ticket_current t USING (ticket_key) ORDER BY f.xmin::text::bigint, f.ticket_sequence")) {
      std::istringstream in(row);
      std::string sequence;
      auto& event = out.emplace_back();
      std::getline(in, event.ticket_id, '|');
      std::getline(in, sequence, '|');
      std::getline(in, event.idempotency_key);
      event.ticket_sequence = std::stoull(sequence);
    }
    return out;
  }
  // Events are one second apart, by their sequence.
  std::uint64_t current_sequence(const std::string& ticket) override {
    return std::stoull(server_->value("SELECT extract(epoch FROM last_occurred_at)::bigint - " +
                                      std::to_string(connectors_test::start_us / 1'000'000) +
                                      " FROM cxstream.ticket_current WHERE ticket_id = '" + ticket + "'"));
  }
  bool begin(const trouble& t) override {
    trouble_ = t.kind;
    switch (t.kind) {
      case trouble_kind::away:
        server_->stop();
        return true;
      case trouble_kind::slow:
        server_->freeze();
        return true;
      case trouble_kind::refusing:
        mind(t.ticket, "P0001"); // as a rule of the database's owner
        return true;
      case trouble_kind::failing:
        mind(t.ticket, "40001"); // as another transaction that is in the way
        return true;
      case trouble_kind::expired:
        set_password("an0ther");
        server_->rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'loader'");
        return true;
      case trouble_kind::losing_answers:
        wire_->begin_losing();
        return true;
      case trouble_kind::throttling:
        break;
    }
    trouble_.reset();
    return false;
  }
  void end() override {
    const auto was = std::exchange(trouble_, std::nullopt);
    if (was == trouble_kind::away)
      server_->start();
    else if (was == trouble_kind::slow)
      server_->thaw();
    else if (was == trouble_kind::refusing || was == trouble_kind::failing)
      server_->rows("DROP TRIGGER minds ON cxstream.fact_ticket_event; DROP FUNCTION minds");
    else if (was == trouble_kind::expired)
      set_password(password);
    else if (was == trouble_kind::losing_answers) {
      EXPECT_GT(wire_->lost(), 0) << "no answer was lost";
      wire_->end_losing();
    }
  }
  std::string cannot(trouble_kind) const override {
    return "PostgreSQL asks nobody for a pause";
  }
  std::vector<std::string> secrets() const override {
    return {password};
  }

private:
  static constexpr const char* password = "w0rd-of-the-loader";

  void set_password(const std::string& to) {
    server_->rows("SET password_encryption = 'scram-sha-256'; ALTER ROLE loader PASSWORD '" + to + "'");
  }
  void mind(const std::string& ticket, const std::string& code) {
    server_->rows("CREATE FUNCTION minds() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.idempotency_key LIKE '" +
                  ticket + "/%' THEN RAISE EXCEPTION 'not this ticket' USING ERRCODE = '" + code +
                  "'; END IF; RETURN NEW; END $$; CREATE TRIGGER minds BEFORE INSERT ON cxstream.fact_ticket_event FOR"
                  " EACH ROW EXECUTE FUNCTION minds()");
  }

  std::unique_ptr<servers::postgres_server> server_;
  std::unique_ptr<lossy_wire> wire_;
  std::optional<trouble_kind> trouble_;
};

INSTANTIATE_TEST_SUITE_P(postgres, ConnectorConformance, every_requirement<postgres_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
