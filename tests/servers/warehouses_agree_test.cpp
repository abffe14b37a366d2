// The same events into SQLite and PostgreSQL, in another order and in other batches: the same tickets and histories.
#include "integration/harness/warehouse.hpp"
#include "servers/harness/postgres_sink.hpp"
#include "support/event_maker.hpp"
#include "support/scratch_dir.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>

namespace cxstream::servers {
namespace {

using connectors_test::all_delivered;
using connectors_test::now;

constexpr std::uint64_t seed = 20'261'130;

std::vector<ports::delivery> a_log(std::size_t count) {
  support::event_maker maker(seed, 150);
  connectors_test::log_of_events log;
  std::vector<ports::delivery> out;
  std::map<std::string, std::uint16_t> partitions;
  for (std::size_t i = 0; i < count; ++i) {
    auto e = maker.next_new();
    const auto partition =
        partitions.try_emplace(e.ticket_id(), static_cast<std::uint16_t>(partitions.size() % 6)).first->second;
    out.push_back(log.add(e, partition));
  }
  return out;
}

void deliver_in_batches(ports::target& target, std::span<const ports::delivery> events, std::size_t batch) {
  for (; !events.empty(); events = events.subspan(std::min(batch, events.size())))
    ASSERT_TRUE(all_delivered(target.deliver(events.first(std::min(batch, events.size())), now)));
}

// The same log in another order, as late as events can be.
std::vector<ports::delivery> shuffled(std::vector<ports::delivery> events) {
  std::mt19937 random(seed);
  std::shuffle(events.begin(), events.end(), random);
  return events;
}

std::string joined(const std::vector<std::string>& columns) {
  std::string out;
  for (const auto& c : columns)
    out.append(out.empty() ? "" : "|").append(c);
  return out;
}

// The first lines that are not the same.
std::vector<std::string> unlike(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> out;
  if (a.size() != b.size())
    out.push_back(std::to_string(a.size()) + " and " + std::to_string(b.size()) + " lines");
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && out.size() < 3; ++i)
    if (a[i] != b[i])
      out.push_back(a[i] + " <> " + b[i]);
  return out;
}

constexpr const char* tickets_of_sqlite =
    "SELECT ticket_id, partition, ticket_sequence, late_events, last_occurred_at_us, account_id, status, driver,"
    " sentiment, CAST(round(sentiment_score * 100) AS INTEGER), coalesce((SELECT group_concat(value, ',') FROM "
    "json_each(raw_tags)), ''),"
    " coalesce((SELECT group_concat(m, ',') FROM (SELECT key || '=' || CAST(value AS INTEGER) AS m"
    " FROM json_each(custom_metrics) ORDER BY key)), ''), hex(revisions) FROM ticket_current ORDER BY ticket_id";
constexpr const char* tickets_of_postgres =
    "SELECT ticket_id, partition, ticket_sequence, late_events, (extract(epoch FROM last_occurred_at) * "
    "1000000)::bigint,"
    " account_id, status, driver, sentiment, round(sentiment_score * 100)::int,"
    " coalesce((SELECT string_agg(v, ',') FROM jsonb_array_elements_text(raw_tags) v), ''),"
    " coalesce((SELECT string_agg(key || '=' || value::float8::bigint, ',' ORDER BY key)"
    " FROM jsonb_each_text(custom_metrics)), ''), upper(encode(revisions, 'hex'))"
    " FROM cxstream.ticket_current ORDER BY ticket_id COLLATE \"C\"";
constexpr const char* history_of_sqlite =
    "SELECT h.ticket_id, h.ticket_sequence, h.idempotency_key, h.source_system, h.event_type, h.version, h.account_id,"
    " h.status, h.driver, h.sentiment, h.partition, h.log_offset FROM v_ticket_history h ORDER BY 1, 2";
constexpr const char* history_of_postgres =
    "SELECT h.ticket_id, h.ticket_sequence, h.idempotency_key, h.source_system, h.event_type, h.version, h.account_id,"
    " h.status, h.driver, h.sentiment, h.partition, h.log_offset FROM cxstream.v_ticket_history h"
    " ORDER BY ticket_id COLLATE \"C\", 2";

TEST(Warehouses, AgreeTicketByTicketWhateverTheOrderAndTheBatches) {
  if (!postgres_is_here())
    GTEST_SKIP() << "without PostgreSQL";
  const support::scratch_dir dir;
  const auto log = a_log(6'000);
  config::sink_config embedded;
  embedded.name = "embedded";
  embedded.kind = "sqlite";
  embedded.settings["path"] = dir.path("w.db");
  deliver_in_batches(*open(embedded), log, 1'000);

  const postgres_server server;
  auto in_order = postgres_sink(server);
  deliver_in_batches(*open(in_order), log, 700);
  auto out_of_order = postgres_sink(server);
  out_of_order.settings["schema"] = "shuffled";
  deliver_in_batches(*open(out_of_order), shuffled(log), 131);

  const integration::warehouse sqlite(dir.path("w.db"));
  const auto of_sqlite = [&](const char* query) {
    std::vector<std::string> out;
    for (const auto& row : sqlite.rows(query))
      out.push_back(joined(row));
    return out;
  };
  const auto of_postgres = [&](std::string query, const std::string& schema) {
    for (auto at = query.find("cxstream."); at != std::string::npos; at = query.find("cxstream.", at + 1))
      query.replace(at, 9, schema + ".");
    return server.rows(query);
  };
  const auto tickets = of_sqlite(tickets_of_sqlite);
  ASSERT_EQ(tickets.size(), 150U) << "seed " << seed;
  EXPECT_THAT(unlike(of_postgres(tickets_of_postgres, "cxstream"), tickets), testing::IsEmpty());
  EXPECT_THAT(unlike(of_postgres(tickets_of_postgres, "shuffled"), tickets), testing::IsEmpty());
  const auto history = of_sqlite(history_of_sqlite);
  ASSERT_EQ(history.size(), 6'000U);
  EXPECT_THAT(unlike(of_postgres(history_of_postgres, "cxstream"), history), testing::IsEmpty());
  EXPECT_THAT(unlike(of_postgres(history_of_postgres, "shuffled"), history), testing::IsEmpty());
}

} // namespace
} // namespace cxstream::servers
