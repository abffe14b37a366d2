// The mappings in examples/mappings on the logs that they are for.
#include "sources/files/event_reader.hpp"
#include "sources/mapping/load.hpp"
#include "unit/sources/scratch.hpp"

#include <set>

namespace cxstream::sources {
namespace {

struct imported {
  std::vector<mapped_row> rows;
  std::set<std::string> keys; // ticket and key
  std::set<std::string> tickets;
  std::size_t refused = 0;
};

imported import_all(const std::filesystem::path& log, const std::string& mapping_name,
                    std::size_t rows_max = std::numeric_limits<std::size_t>::max()) {
  imported out;
  const auto rules =
      load_mapping(std::filesystem::path(CXSTREAM_SOURCE_DIR) / "examples" / "mappings" / (mapping_name + ".yaml"));
  EXPECT_TRUE(rules) << (rules ? "" : rules.err().message);
  if (!rules)
    return out;
  auto reader = event_reader::open(log, *rules);
  EXPECT_TRUE(reader) << (reader ? "" : reader.err().message);
  mapped_row row;
  while (reader && out.rows.size() < rows_max) {
    const auto more = reader->next(row);
    EXPECT_TRUE(more) << (more ? "" : more.err().message);
    if (!more || !*more)
      break;
    out.refused += row.refused ? 1 : 0;
    out.keys.insert(row.event.ticket_id() + "\n" + row.event.idempotency_key());
    out.tickets.insert(row.event.ticket_id());
    out.rows.push_back(row);
  }
  return out;
}

std::filesystem::path log_file(const std::string& name) {
  return shared_data() / name;
}

TEST(EventLogs, ServiceNowRowsAreAllDifferentEventsOfTheirTickets) {
  const auto log = log_file("eventlogs/servicenow_incident_event_log_rows1-119998.csv.gz");
  if (!std::filesystem::exists(log))
    GTEST_SKIP() << "no event logs";
  const auto all = import_all(log, "servicenow");
  EXPECT_EQ(all.rows.size(), 119'998u);
  EXPECT_EQ(all.refused, 0u);
  EXPECT_EQ(all.tickets.size(), 20'769u);
  EXPECT_EQ(all.keys.size(), 119'998u);
  const auto& first = all.rows.front().event;
  EXPECT_EQ(first.ticket_id(), "INC0000045");
  EXPECT_EQ(first.occurred_at().seconds(), 1'456'708'980) << "29 February 2016, 01:23 UTC";
  EXPECT_EQ(first.status(), "New");
  EXPECT_FALSE(first.has_agent_id()) << "'?' is no agent";
  EXPECT_EQ(first.raw_tags(0), "category:Category 55");
}

TEST(EventLogs, ItalianHelpdeskKeepsEveryRowThoughSomeAreIdentical) {
  const auto log = log_file("eventlogs/helpdesk_italian_disco.csv.gz");
  if (!std::filesystem::exists(log))
    GTEST_SKIP() << "no event logs";
  const auto all = import_all(log, "helpdesk_italian");
  EXPECT_EQ(all.rows.size(), 21'348u);
  EXPECT_EQ(all.refused, 0u);
  EXPECT_EQ(all.tickets.size(), 4'580u);
  EXPECT_EQ(all.keys.size(), 21'348u);
  const auto again = import_all(log, "helpdesk_italian");
  EXPECT_EQ(all.keys, again.keys);
  EXPECT_EQ(all.rows[1].event.version(), 2u) << "second row of its ticket";
}

TEST(EventLogs, BpicIncidentsKeepTheirRowsWithinASecondInOrder) {
  const auto log = log_file("eventlogs/bpic2013_incidents_3col.csv.gz");
  if (!std::filesystem::exists(log))
    GTEST_SKIP() << "no event logs";
  const auto all = import_all(log, "bpic2013_incidents");
  EXPECT_EQ(all.rows.size(), 65'533u);
  EXPECT_EQ(all.keys.size(), 65'533u);
  EXPECT_EQ(all.refused, 0u);
}

TEST(EventLogs, SupportTicketsWithLineBreaksInTheirTextsAreOneRowEach) {
  const auto log = log_file("tickets_csv/customer_support_tickets_8469.csv.gz");
  if (!std::filesystem::exists(log))
    GTEST_SKIP() << "no event logs";
  const auto all = import_all(log, "customer_support_tickets");
  EXPECT_EQ(all.rows.size(), 8'469u);
  EXPECT_EQ(all.keys.size(), 8'469u);
  EXPECT_EQ(all.refused, 0u);
  for (const auto& row : all.rows)
    ASSERT_TRUE(row.event.has_occurred_at()) << row.line;
}

TEST(EventLogs, SampleTableAndSampleEventsAreRead) {
  const auto examples = std::filesystem::path(CXSTREAM_SOURCE_DIR) / "examples";
  const auto table = import_all(examples / "sample_tickets.csv", "sample");
  EXPECT_GT(table.rows.size(), 100u);
  EXPECT_EQ(table.keys.size(), table.rows.size());
  EXPECT_EQ(table.refused, 0u);

  const auto rules = canonical_mapping();
  auto reader = event_reader::open(examples / "sample_events.ndjson.gz", rules);
  ASSERT_TRUE(reader);
  mapped_row row;
  std::size_t refused = 0;
  std::size_t rows = 0;
  for (auto more = reader->next(row); more && *more; more = reader->next(row)) {
    refused += row.refused ? 1 : 0;
    ++rows;
  }
  EXPECT_EQ(rows, 4'252u);
  EXPECT_EQ(refused, 3u) << "the log has three lines that are no events";
}

TEST(EventReader, NamesTheMappingLineWhoseColumnIsMissing) {
  scratch dir;
  const auto rules = parse_mapping("format: csv\nsource_system: d\nevent_type: t\nfields:\n  ticket_id: {column: id}\n"
                                   "  occurred_at: {column: when}\n",
                                   "m.yaml");
  ASSERT_TRUE(rules);
  const auto reader = event_reader::open(dir.write("a.csv", "id,at\n"), *rules);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.err().message, "m.yaml:6: column 'when' is not in a.csv; it has: id, at");
}

} // namespace
} // namespace cxstream::sources
