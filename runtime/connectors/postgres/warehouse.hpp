// The postgres sink's open connection with all that works on it. Owned by the target; throws `failure`.
#pragma once

#include "connectors/outcomes.hpp"
#include "connectors/postgres/load.hpp"
#include "connectors/postgres/months.hpp"
#include "connectors/postgres/postgres_target.hpp"

namespace cxstream::connectors::postgres {

class warehouse {
public:
  // Connects and migrates. Throws schema_refused as well.
  warehouse(const postgres_settings& settings, const std::string& password);

  // Writes events of one call and says in `out` what the server refuses. What is not said there was written.
  void write(const prepared_events& events, outcomes& out, std::span<const ports::delivery> all, base::timestamp now);
  // See loader. Tries again when another transaction was in the way.
  bool rewrite(const prepared_events& events, base::ticket_sequence seen, base::timestamp now);
  void erase(const std::string& ticket_id);
  std::vector<ports::target_position> positions() {
    return load_->positions();
  }
  connection& database() {
    return db_;
  }
  // After a failure: false when the connection is of no more use.
  bool undo();

private:
  void prepare(const postgres_settings& settings);
  void have_months(const prepared_events& events);
  template <class Transaction>
  auto with_patience(Transaction&& transaction);

  connection db_;
  months months_;
  std::unique_ptr<loader> load_;
};

} // namespace cxstream::connectors::postgres
