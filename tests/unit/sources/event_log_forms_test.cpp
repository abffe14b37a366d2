// Event logs in forms beside the plain table: XES, separators and encodings of their own; and one log in two forms.
#include "sources/files/event_reader.hpp"
#include "sources/mapping/builtin.hpp"
#include "sources/mapping/load.hpp"
#include "sources/mapping/payload_mapper.hpp"
#include "unit/sources/scratch.hpp"

#include "gmock/gmock.h"

#include <map>
#include <set>

namespace cxstream::sources {
namespace {

struct imported {
  std::vector<v1::CanonicalEvent> events;
  std::set<std::string> keys; // ticket and key
  std::set<std::string> tickets;
  std::size_t refused = 0;
};

std::string example(const std::string& name) {
  return std::string(CXSTREAM_SOURCE_DIR) + "/examples/mappings/" + name + ".yaml";
}

imported import_all(const std::filesystem::path& log, const std::string& mapping) {
  imported out;
  const auto rules = resolve_mapping(mapping);
  EXPECT_TRUE(rules) << (rules ? "" : rules.err().message);
  if (!rules)
    return out;
  auto reader = event_reader::open(log, *rules);
  EXPECT_TRUE(reader) << (reader ? "" : reader.err().message);
  mapped_row row;
  while (reader) {
    const auto more = reader->next(row);
    EXPECT_TRUE(more) << (more ? "" : more.err().message);
    if (!more || !*more)
      break;
    out.refused += row.refused ? 1 : 0;
    if (row.refused)
      continue;
    out.keys.insert(row.event.ticket_id() + "\n" + row.event.idempotency_key());
    out.tickets.insert(row.event.ticket_id());
    out.events.push_back(row.event);
  }
  return out;
}

#define LOG_OR_SKIP(name)                                                                                              \
  const auto log = shared_data() / (name);                                                                             \
  if (!std::filesystem::exists(log))                                                                                   \
  GTEST_SKIP() << "no event logs"

TEST(EventLogForms, VolvosProblemsAreReadFromXesWithTheAttributesOfTheirTraces) {
  LOG_OR_SKIP("eventlogs/bpic2013_closed_problems.xes.gz");
  const auto all = import_all(log, example("bpic2013_problems"));
  EXPECT_EQ(all.refused, 0u);
  EXPECT_EQ(all.events.size(), 6'660u);
  EXPECT_EQ(all.keys.size(), 6'660u);
  EXPECT_EQ(all.tickets.size(), 1'487u);
  const auto& first = all.events.front();
  EXPECT_EQ(first.ticket_id(), "1-109135791");
  EXPECT_EQ(first.version(), 1u);
  EXPECT_EQ(first.occurred_at().seconds(), 1'136'990'982) << "11 January 2006, 15:49:42+01:00";
  EXPECT_EQ(first.status(), "Queued");
  EXPECT_EQ(first.account_id(), "J11 2nd");
  EXPECT_EQ(first.agent_id(), "Minnie");
  EXPECT_EQ(first.raw_tags(0), "substatus:Awaiting Assignment");
}

TEST(EventLogForms, TweetsOfOneIdAndTimeAreEventsOfTheirOwn) {
  LOG_OR_SKIP("eventlogs/twcs-AppleSupport-116.xes");
  const auto all = import_all(log, example("twcs_conversations"));
  EXPECT_EQ(all.refused, 0u);
  EXPECT_EQ(all.events.size(), 152u);
  EXPECT_EQ(all.keys.size(), 152u);
  EXPECT_EQ(all.tickets.size(), 54u);
  EXPECT_EQ(all.events.front().agent_id(), "AppleSupport");
  EXPECT_FALSE(all.events.front().has_customer_id());
  EXPECT_EQ(all.events[2].customer_id(), "187289");
  EXPECT_EQ(all.events[2].occurred_at().seconds(), 1'507'307'506) << "6 October 2017, 16:31:46 UTC";
}

TEST(EventLogForms, TheBuiltInMappingReadsEveryXesLog) {
  LOG_OR_SKIP("eventlogs/twcs-AppleSupport-116.xes");
  EXPECT_EQ(import_all(log, "xes").keys.size(), 152u);
  EXPECT_EQ(import_all(shared_data() / "eventlogs/bpic2013_closed_problems.xes.gz", "xes").keys.size(), 6'660u);
}

TEST(EventLogForms, AnXesLogGivesTheSameEventsAsAFileAndAsAPayload) {
  LOG_OR_SKIP("eventlogs/twcs-AppleSupport-116.xes");
  const auto from_file = import_all(log, "xes");
  const auto mapper = payload_mapper::make(*builtin_mapping("xes"));
  ASSERT_TRUE(mapper);
  ports::payload payload;
  const auto body = read_all(log);
  payload.body = body;
  const auto read = mapper->map(payload, base::timestamp(std::chrono::hours(24 * 365 * 60)));
  ASSERT_EQ(read.events.size(), from_file.events.size());
  for (std::size_t i = 0; i < read.events.size(); ++i)
    EXPECT_EQ(read.events[i], from_file.events[i].SerializeAsString()) << i;
}

TEST(EventLogForms, BothFormsOfTheItalianHelpdeskHaveTheSameSteps) {
  LOG_OR_SKIP("eventlogs/helpdesk_italian_semicolon.csv.gz");
  const auto steps_of_tickets = [](const imported& from) {
    std::map<std::string, std::multiset<std::pair<std::int64_t, std::string>>> of;
    for (const auto& event : from.events)
      of[event.ticket_id()].emplace(event.occurred_at().seconds(), event.status());
    std::multiset<std::multiset<std::pair<std::int64_t, std::string>>> out;
    for (const auto& [ticket, steps] : of) // the forms number tickets differently
      out.insert(steps);
    return out;
  };
  const auto numbers = import_all(log, example("helpdesk_italian_semicolon"));
  EXPECT_EQ(numbers.keys.size(), 21'348u);
  EXPECT_EQ(numbers.tickets.size(), 4'580u);
  const auto names = import_all(shared_data() / "eventlogs/helpdesk_italian_disco.csv.gz", example("helpdesk_italian"));
  EXPECT_EQ(steps_of_tickets(numbers), steps_of_tickets(names));
}

TEST(EventLogForms, SmallTablesOfSupportAreRead) {
  LOG_OR_SKIP("tickets_csv/twcs_sample.csv");
  const auto tweets = import_all(log, example("twcs_tweets"));
  EXPECT_EQ(tweets.events.size(), 121u);
  EXPECT_EQ(tweets.keys.size(), 121u);
  EXPECT_EQ(tweets.events.front().occurred_at().seconds(), 1'509'487'847) << "31 October 2017, 22:10:47 UTC";
  EXPECT_EQ(tweets.events.front().event_type(), "ticket.message_sent");
  const auto utterances =
      import_all(shared_data() / "tickets_csv/bitext_customer_service.csv.gz", example("bitext_utterances"));
  EXPECT_EQ(utterances.events.size(), 8'096u);
  EXPECT_EQ(utterances.refused, 87u) << "rows that the file's maker quoted whole, because they have a comma";
  EXPECT_EQ(utterances.events.front().raw_tags(1), "intent:cancel_order");
  const auto first_rows =
      import_all(shared_data() / "eventlogs/servicenow_incident_event_log_198.csv", example("servicenow"));
  EXPECT_EQ(first_rows.events.size(), 198u);
}

} // namespace
} // namespace cxstream::sources
