// The clickhouse sink: a warehouse in ClickHouse, over its HTTP interface. Owned by one worker thread; several may run
// side by side.
//
// Invariants:
//  1. A batch is one INSERT, which ClickHouse takes wholly or not at all as far as it falls into one month. What is
//  sent again is the same rows under the same key, which count once (v_… views, FINAL); servers that know it are told
//  the batch's deduplication token besides, and drop the repeat at once.
//  2. An event that ClickHouse refuses is answered `permanent`, alone.
//  3. Inserts are answered when they are written: async_insert is off.
#pragma once

#include "connectors/http/authorized_call.hpp"
#include "connectors/outcomes.hpp"
#include "security/secrets/secret.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cxstream::connectors {

struct clickhouse_settings {
  std::string url; // without query
  std::string database = "cxstream";
  std::string user = "default";
  security::secret password;
  http_settings http;
  std::size_t batch_events_max = 20'000;
  std::size_t concurrency = 1;
};

class clickhouse_target final : public ports::target {
public:
  explicit clickhouse_target(clickhouse_settings settings);

  // Makes the tables. Errors: unavailable; invalid_argument (tables of a newer program).
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;

private:
  struct prepared {
    std::size_t index; // in the call
    std::string row;
    std::string key;
  };
  using rows = std::vector<const prepared*>;

  http_exchange say(const std::string& parameters, const std::string& body);
  base::result<std::string> ask(const std::string& statement);
  base::result<void> prepare();
  // Writes rows of one call and says in `out` what is refused; false when the call must end with `stopped_by_`.
  bool write(const rows& events, outcomes& out);

  clickhouse_settings settings_;
  std::unique_ptr<http_client> http_;
  bool ready_ = false;
  bool knows_tokens_ = false;
  ports::delivery_outcome stopped_by_;
};

} // namespace cxstream::connectors
