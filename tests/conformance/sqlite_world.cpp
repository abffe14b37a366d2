// A warehouse in an SQLite file; another connection reads it, locks it, and forbids a ticket.
#include "conformance/configured_world.hpp"
#include "conformance/conformance.hpp"
#include "support/scratch_dir.hpp"
#include "unit/connectors/deliveries.hpp"

#include <sqlite3.h>

namespace cxstream::conformance {

namespace {

class sqlite_world final : public configured_world {
public:
  sqlite_world() {
    sink_.name = "warehouse";
    sink_.kind = "sqlite";
    sink_.settings = {{"path", folder_.path("w.db")}, {"busy_timeout", "100ms"}};
    // The schema is the connector's to make; what the world does to the file comes after it.
    auto first = connect();
    EXPECT_TRUE(first->open());
    first->close();
    EXPECT_EQ(sqlite3_open(folder_.path("w.db").c_str(), &other_), SQLITE_OK);
  }
  ~sqlite_world() override {
    sqlite3_close(other_);
  }
  sqlite_world(const sqlite_world&) = delete;
  sqlite_world& operator=(const sqlite_world&) = delete;

  std::vector<held_event> held() override {
    std::vector<held_event> out;
    query("SELECT ticket_id, fact_ticket_event.ticket_sequence, idempotency_key FROM fact_ticket_event JOIN "
          "ticket_current USING "
          "(ticket_key)"
          " ORDER BY fact_ticket_event.rowid",
          [&](sqlite3_stmt* row) {
            out.push_back({text(row, 0), static_cast<std::uint64_t>(sqlite3_column_int64(row, 1)), text(row, 2)});
          });
    return out;
  }
  // Events are one second apart, by their sequence.
  std::uint64_t current_sequence(const std::string& ticket) override {
    std::uint64_t out = 0;
    query("SELECT (last_occurred_at_us - " + std::to_string(connectors_test::start_us) +
              ") / 1000000 FROM ticket_current"
              " WHERE ticket_id = '" +
              ticket + "'",
          [&](sqlite3_stmt* row) { out = static_cast<std::uint64_t>(sqlite3_column_int64(row, 0)); });
    return out;
  }
  bool begin(const trouble& t) override {
    if (t.kind == trouble_kind::away) {
      run("BEGIN IMMEDIATE");
      locked_ = true;
      return true;
    }
    if (t.kind != trouble_kind::refusing)
      return false;
    run("CREATE TRIGGER forbidden BEFORE INSERT ON fact_ticket_event WHEN NEW.idempotency_key GLOB '" + t.ticket +
        "/*' BEGIN SELECT RAISE(ABORT, 'forbidden'); END");
    forbidding_ = true;
    return true;
  }
  void end() override {
    if (std::exchange(locked_, false))
      run("ROLLBACK");
    if (std::exchange(forbidding_, false))
      run("DROP TRIGGER forbidden");
  }
  std::string cannot(trouble_kind) const override {
    return "a file on this machine answers or is locked";
  }

private:
  static std::string text(sqlite3_stmt* row, int column) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    return bytes == nullptr ? "" : bytes;
  }
  template <class Each>
  void query(const std::string& sql, Each each) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(other_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK) << sqlite3_errmsg(other_);
    while (sqlite3_step(statement) == SQLITE_ROW)
      each(statement);
    sqlite3_finalize(statement);
  }
  void run(const std::string& sql) {
    EXPECT_EQ(sqlite3_exec(other_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(other_);
  }

  support::scratch_dir folder_;
  sqlite3* other_ = nullptr;
  bool locked_ = false;
  bool forbidding_ = false;
};

INSTANTIATE_TEST_SUITE_P(sqlite, ConnectorConformance, every_requirement<sqlite_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
