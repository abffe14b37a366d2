#include "config/load.hpp"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace cxstream::config {
namespace {

using namespace std::chrono_literals;

constexpr auto no_variables = [](const std::string&) { return std::optional<std::string>{}; };

base::result<node_config> parse(std::string_view text) {
  return parse_config(text, "node.yaml", no_variables);
}

std::string problems_of(std::string_view text) {
  const auto loaded = parse(text);
  return loaded ? "none" : loaded.err().message;
}

std::string sink_problems(const std::string& rest) {
  return problems_of("sinks:\n- name: a\n  kind: file\n  " + rest);
}

TEST(LoadConfig, GivesTheDefaultsForAnEmptyFile) {
  for (const char* text : {"", "# nothing\n", "ingest:\nstorage:\nsinks:\n"}) {
    const auto loaded = parse(text);
    ASSERT_TRUE(loaded) << loaded.err().message;
    EXPECT_EQ(loaded->grpc_listen, node_config{}.grpc_listen);
    EXPECT_EQ(loaded->storage.partitions, 64);
    EXPECT_TRUE(loaded->sinks.empty());
  }
}

TEST(LoadConfig, ReadsEveryNodeSetting) {
  const auto loaded = parse(R"(
grpc_listen: "[::]:1"
http_listen: localhost:2
log_level: warn
shutdown_timeout: 5s
worker_threads: 3
delivery_priority: normal
ingest:
  credit_events: 10
  future_tolerance: 1h
  event_bytes_max: 32KiB
  batch_bytes_max: 1MiB
  taxonomy_file: t.yaml
  taxonomy_reload_every: 7s
storage:
  data_dir: /d
  partitions: 8
  dedup_window: 7d
  live_tickets_max: 1000
  write_buffer_bytes: 2MiB
  block_cache_bytes: 1GiB
  checkpoint_every: 250ms
)");
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_EQ(loaded->grpc_listen, "[::]:1");
  EXPECT_EQ(loaded->http_listen, "localhost:2");
  EXPECT_EQ(loaded->log_level, "warn");
  EXPECT_EQ(loaded->shutdown_timeout, 5s);
  EXPECT_EQ(loaded->worker_threads, 3u);
  EXPECT_EQ(loaded->delivery_priority, "normal");
  EXPECT_EQ(loaded->ingest.credit_events, 10u);
  EXPECT_EQ(loaded->ingest.future_tolerance, 1h);
  EXPECT_EQ(loaded->ingest.event_bytes_max, 32'768u);
  EXPECT_EQ(loaded->ingest.batch_bytes_max, 1'048'576u);
  EXPECT_EQ(loaded->ingest.taxonomy_file, "t.yaml");
  EXPECT_EQ(loaded->ingest.taxonomy_reload_every, 7s);
  EXPECT_EQ(loaded->storage.data_dir, "/d");
  EXPECT_EQ(loaded->storage.partitions, 8);
  EXPECT_EQ(loaded->storage.dedup_window, 168h);
  EXPECT_EQ(loaded->storage.live_tickets_max, 1'000u);
  EXPECT_EQ(loaded->storage.write_buffer_bytes, 2u << 20u);
  EXPECT_EQ(loaded->storage.block_cache_bytes, 1u << 30u);
  EXPECT_EQ(loaded->storage.checkpoint_every, 250ms);
}

TEST(LoadConfig, ReadsEverySettingOfASink) {
  const auto loaded = parse(R"(sinks:
  - name: crm.main-1_x
    kind: webhook
    projection: crm
    filter:
      event_types: ["ticket.*", a]
      source_systems: s
      account_ids: [b]
      statuses: [open]
      priorities: [high]
      sentiments: [negative]
      churn_risks: [very_high]
      canonical_tags: [t]
      drivers: [d]
      exclude_late: true
    retry: {backoff_initial: 1ms, backoff_max: 2s, backoff_factor: 1.5, jitter: 0, attempts_max: 3}
    breaker: {failures_to_open: 2, open_initial: 10ms, open_max: 1s}
    in_flight_events_max: 7
    lanes_max: 9
    url: http://x
    secret: s3
)");
  ASSERT_TRUE(loaded) << loaded.err().message;
  ASSERT_EQ(loaded->sinks.size(), 1u);
  const auto& sink = loaded->sinks[0];
  EXPECT_EQ(sink.name, "crm.main-1_x");
  EXPECT_EQ(sink.kind, "webhook");
  EXPECT_EQ(sink.line, 2);
  EXPECT_EQ(sink.projection.kind(), v1::CRM);
  v1::Filter filter;
  filter.add_event_types("ticket.*");
  filter.add_event_types("a");
  filter.add_source_systems("s");
  filter.add_account_ids("b");
  filter.add_statuses("open");
  filter.add_priorities("high");
  filter.add_sentiments("negative");
  filter.add_churn_risks("very_high");
  filter.add_canonical_tags("t");
  filter.add_drivers("d");
  filter.set_exclude_late(true);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(sink.filter, filter));
  EXPECT_EQ(sink.retry.backoff_initial, 1ms);
  EXPECT_EQ(sink.retry.backoff_max, 2s);
  EXPECT_EQ(sink.retry.backoff_factor, 1.5);
  EXPECT_EQ(sink.retry.jitter, 0.0);
  EXPECT_EQ(sink.retry.attempts_max, 3u);
  EXPECT_EQ(sink.breaker.failures_to_open, 2u);
  EXPECT_EQ(sink.breaker.open_initial, 10ms);
  EXPECT_EQ(sink.breaker.open_max, 1s);
  EXPECT_EQ(sink.in_flight_events_max, 7u);
  EXPECT_EQ(sink.lanes_max, 9u);
  EXPECT_EQ(sink.settings, (std::map<std::string, std::string>{{"url", "http://x"}, {"secret", "s3"}}));
  EXPECT_EQ(sink.setting_lines.at("secret"), 21);
}

TEST(LoadConfig, ReadsAProjectionOfOnesOwn) {
  const auto loaded = parse("sinks:\n- name: a\n  kind: file\n  projection:\n    fields:\n    - ticket_id\n"
                            "    - {source: churn_risk.label, name: risk}\n    - {name: origin, constant: ''}\n");
  ASSERT_TRUE(loaded) << loaded.err().message;
  const auto& projection = loaded->sinks[0].projection;
  EXPECT_EQ(projection.kind(), v1::CUSTOM);
  ASSERT_EQ(projection.fields_size(), 3);
  EXPECT_EQ(projection.fields(0).source(), "ticket_id");
  EXPECT_EQ(projection.fields(1).name(), "risk");
  EXPECT_TRUE(projection.fields(2).has_constant());
  EXPECT_FALSE(projection.fields(1).has_constant());
}

TEST(LoadConfig, PutsInTheEnvironmentAndNamesTheLineOfAMissingVariable) {
  const environment variables = [](const std::string& name) -> std::optional<std::string> {
    return name == "DIR" ? std::optional<std::string>("/x: y # z") : std::nullopt;
  };
  const auto loaded = parse_config("storage:\n  data_dir: ${DIR}/db\n  partitions: ${P:-16}", "n", variables);
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_EQ(loaded->storage.data_dir, "/x: y # z/db") << "what a variable holds is no YAML";
  EXPECT_EQ(loaded->storage.partitions, 16);
  EXPECT_EQ(problems_of("log_level: info\nstorage:\n  data_dir: ${DIR}"),
            "node.yaml:3: storage.data_dir: the environment variable DIR is not set; set it, or give a default: "
            "${DIR:-default}");
}

TEST(LoadConfig, RefusesUnknownKeysAndGuessesWhatWasMeant) {
  EXPECT_EQ(problems_of("\nstorge: {}"), "node.yaml:2: unknown key \"storge\"; did you mean \"storage\"?");
  EXPECT_EQ(problems_of("storage:\n  dedup_windw: 1d"),
            "node.yaml:2: unknown key \"storage.dedup_windw\"; did you mean \"dedup_window\"?");
  EXPECT_EQ(sink_problems("projektion: bi"),
            "node.yaml:4: sinks[0].projektion is unknown; did you mean \"projection\"?");
  EXPECT_EQ(
      sink_problems("retry: {attempts: 3, attempt_max: 3}"),
      "node.yaml:4: unknown key \"sinks[0].retry.attempts\"; known are: backoff_initial, backoff_max, backoff_factor, "
      "jitter, attempts_max\n"
      "node.yaml:4: unknown key \"sinks[0].retry.attempt_max\"; did you mean \"attempts_max\"?");
}

TEST(LoadConfig, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(problems_of("log_level: info\nlog_level: warn"),
            "node.yaml:2: log_level stands twice, first in line 1; remove one");
}

TEST(LoadConfig, SaysWhatAValueMayBe) {
  EXPECT_EQ(problems_of("log_level: wran"), "node.yaml:1: log_level cannot be \"wran\"; did you mean \"warn\"?");
  EXPECT_EQ(problems_of("worker_threads: many"),
            "node.yaml:1: worker_threads cannot be \"many\"; write a whole number from 0 to 1024");
  EXPECT_EQ(
      problems_of("storage: {dedup_window: 30}"),
      "node.yaml:1: storage.dedup_window cannot be \"30\"; write a duration such as 500ms, 30s, 5m or 30d, from 1s to "
      "3650d");
  EXPECT_EQ(problems_of("storage: {dedup_window: 1500ms}"), "node.yaml:1: storage.dedup_window must be whole seconds");
  EXPECT_EQ(
      problems_of("ingest: {event_bytes_max: 1GB}"),
      "node.yaml:1: ingest.event_bytes_max cannot be \"1GB\"; write a size such as 64KiB or 128MiB, from 1024 to 65536 "
      "bytes");
  EXPECT_EQ(problems_of("log_level: [info]"), "node.yaml:1: log_level must be a single value, not a list or mapping");
  EXPECT_EQ(problems_of("log_level:"), "node.yaml:1: log_level has no value; give one or remove the line");
  EXPECT_EQ(problems_of("storage: 5"), "node.yaml:1: storage must be a mapping of \"key: value\" lines");
  EXPECT_EQ(sink_problems("retry: {jitter: nan}"),
            "node.yaml:4: sinks[0].retry.jitter cannot be \"nan\"; write a number from 0 to 1");
  for (const char* bad : {"7400", ":7400", "h:", "h:65536", "::1:80", "a b:1", "http://h:1", "h:1x"})
    EXPECT_EQ(problems_of("grpc_listen: '" + std::string(bad) + "'"),
              "node.yaml:1: grpc_listen cannot be \"" + std::string(bad) +
                  "\"; write host:port, such as 127.0.0.1:7400");
}

TEST(LoadConfig, ChecksWhatBelongsTogether) {
  EXPECT_EQ(problems_of("ingest: {batch_bytes_max: 4KiB}"),
            "node.yaml:1: ingest.batch_bytes_max is smaller than event_bytes_max; make it at least as large");
  EXPECT_EQ(sink_problems("retry: {backoff_max: 1ms}"),
            "node.yaml:4: sinks[0].retry.backoff_max is shorter than backoff_initial; make it at least as long");
  EXPECT_EQ(sink_problems("breaker: {open_initial: 2m}"),
            "node.yaml:4: sinks[0].breaker.open_max is shorter than open_initial; make it at least as long");
}

TEST(LoadConfig, WantsAnAddressAndASecretForLinksOfFeedback) {
  const auto loaded = parse("feedback: {url: 'https://cx.example/', secret: 'env:KEY', expires: 7d}");
  ASSERT_TRUE(loaded) << loaded.err().message;
  EXPECT_EQ(loaded->feedback.url, "https://cx.example");
  EXPECT_EQ(loaded->feedback.secret, "env:KEY");
  EXPECT_EQ(loaded->feedback.expires, 168h);
  EXPECT_TRUE(
      problems_of("feedback: {url: 'https://cx.example'}").starts_with("node.yaml:1: feedback.secret is missing"));
  EXPECT_TRUE(problems_of("feedback: {secret: x}").starts_with("node.yaml:1: feedback.url is missing"));
  EXPECT_TRUE(problems_of("feedback: {url: cx.example, secret: x}").starts_with("node.yaml:1: feedback.url cannot be"));
}

TEST(LoadConfig, ChecksTheNamesAndKindsOfSinks) {
  EXPECT_EQ(problems_of("sinks:\n- kind: file"), "node.yaml:2: sinks[0].name is missing; give one");
  EXPECT_EQ(problems_of("sinks:\n- name: a/b\n  kind: fiel"),
            "node.yaml:2: sinks[0].name cannot be \"a/b\"; use letters, digits, \"-\", \"_\" and \".\", at most 64\n"
            "node.yaml:3: sinks[0].kind cannot be \"fiel\"; did you mean \"file\"?");
  EXPECT_EQ(problems_of("sinks:\n- {name: a, kind: file}\n- {name: b, kind: file}\n- {name: a, kind: sqlite}"),
            "node.yaml:4: the name \"a\" is taken by the sink in line 2; give this one another");
  EXPECT_EQ(problems_of("sinks: {name: a}"), "node.yaml:1: sinks must be a list: one \"- name: …\" for each sink");
  EXPECT_EQ(sink_problems("headers: {a: b}"),
            "node.yaml:4: sinks[0].headers must be a single value, not a list or mapping");
  EXPECT_TRUE(problems_of("sinks:\n- file").starts_with("node.yaml:2: sinks[0] must be a mapping"));
}

TEST(LoadConfig, ChecksProjectionsAndFilters) {
  EXPECT_EQ(sink_problems("projection: all"),
            "node.yaml:4: sinks[0].projection cannot be \"all\"; write crm, bi or ops, or a mapping with the fields");
  EXPECT_EQ(sink_problems("projection: {fields: []}"),
            "node.yaml:4: sinks[0].projection has no fields; list them, or write crm, bi or ops");
  EXPECT_TRUE(
      sink_problems("projection: {fields: [tiket_id]}").starts_with("node.yaml:4: sinks[0].projection is wrong: "));
  EXPECT_TRUE(sink_problems("filter: {event_types: ['a*b']}").starts_with("node.yaml:4: sinks[0].filter is wrong: "));
  EXPECT_EQ(sink_problems("filter: {exclude_late: yes}"),
            "node.yaml:4: sinks[0].filter.exclude_late cannot be \"yes\"; write true or false");
  EXPECT_EQ(
      sink_problems("filter: {statuses: [Resolved, In Limbo]}"),
      "node.yaml:4: sinks[0].filter.statuses never matches \"Resolved\", because events carry the canonical word; "
      "write \"solved\"");
  EXPECT_EQ(sink_problems("filter: {sentiments: [meh]}"),
            "node.yaml:4: sinks[0].filter.sentiments cannot be \"meh\"; known are: very_negative, negative, neutral, "
            "positive, very_positive, mixed");
}

TEST(LoadConfig, ShowsAllMistakesInTheOrderOfTheFileUpToTwenty) {
  const auto three = problems_of("sinks: 1\nx: 2\nlog_level: 3");
  EXPECT_TRUE(three.starts_with("node.yaml:1: sinks must be a list"));
  EXPECT_LT(three.find("\nnode.yaml:2: "), three.find("\nnode.yaml:3: "));
  std::string text;
  for (int i = 0; i < 25; ++i)
    text += "unknown_" + std::to_string(i) + ": 1\n";
  const auto problems = problems_of(text);
  EXPECT_EQ(std::ranges::count(problems, '\n'), 20);
  EXPECT_TRUE(problems.ends_with("\nnode.yaml: and 5 more"));
}

TEST(LoadConfig, NamesTheLineOfWhatIsNotYamlOrNotUtf8) {
  EXPECT_TRUE(problems_of("a: 1\nb: [1, 2\n").starts_with("node.yaml:3: not valid YAML: "));
  EXPECT_TRUE(problems_of("a:\n\tb: 1").starts_with("node.yaml:2: not valid YAML: "));
  EXPECT_EQ(problems_of("a: 1\nb: \xff\n"), "node.yaml:2: the text is not valid UTF-8; save the file as UTF-8");
  EXPECT_TRUE(problems_of("- a").starts_with("node.yaml:1: the file must be a mapping"));
  EXPECT_TRUE(problems_of(std::string(100'000, '[')).starts_with("node.yaml:1: not valid YAML: "));
}

TEST(LoadConfig, ReadsWhatIsPromisedOfASink) {
  const auto none =
      parse("sinks:\n- {name: a, kind: file, path: x}\n- {name: b, kind: file, path: y, sla: {}}\n"
            "- {name: c, kind: file, path: z, sla: {share: 0.9, within: 5s, of: received, window: 7d}}\n");
  ASSERT_TRUE(none) << none.err().message;
  EXPECT_FALSE(none->sinks[0].sla);
  ASSERT_TRUE(none->sinks[1].sla);
  EXPECT_EQ(none->sinks[1].sla->share, 0.99);
  EXPECT_EQ(none->sinks[1].sla->within, 60s);
  EXPECT_EQ(none->sinks[1].sla->of, "occurred");
  EXPECT_EQ(none->sinks[1].sla->window, 28 * 24h);
  ASSERT_TRUE(none->sinks[2].sla);
  EXPECT_EQ(none->sinks[2].sla->share, 0.9);
  EXPECT_EQ(none->sinks[2].sla->window, 7 * 24h);
  EXPECT_EQ(none->sinks[2].sla->of, "received");
}

TEST(LoadConfig, RefusesAPromiseThatLeavesNothingToMiss) {
  for (const auto* wrong :
       {"share: 1", "share: 1.5", "within: 0s", "of: delivered", "window: 1m", "window: 365d", "nothing: 1"})
    EXPECT_NE(sink_problems("sla: {" + std::string(wrong) + "}").find("sinks[0].sla."), std::string::npos) << wrong;
}

std::string example_text() {
  std::ifstream in(CXSTREAM_SOURCE_DIR "/examples/cxstream.yaml");
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(LoadConfig, ReadsTheExampleWhichShowsTheDefaults) {
  const auto loaded = parse(example_text());
  ASSERT_TRUE(loaded) << loaded.err().message;
  const node_config defaults;
  EXPECT_EQ(loaded->grpc_listen, defaults.grpc_listen);
  EXPECT_EQ(loaded->http_listen, defaults.http_listen);
  EXPECT_EQ(loaded->log_level, defaults.log_level);
  EXPECT_EQ(loaded->shutdown_timeout, defaults.shutdown_timeout);
  EXPECT_EQ(loaded->worker_threads, defaults.worker_threads);
  EXPECT_EQ(loaded->delivery_priority, defaults.delivery_priority);
  EXPECT_EQ(loaded->ingest.credit_events, defaults.ingest.credit_events);
  EXPECT_EQ(loaded->ingest.future_tolerance, defaults.ingest.future_tolerance);
  EXPECT_EQ(loaded->ingest.event_bytes_max, defaults.ingest.event_bytes_max);
  EXPECT_EQ(loaded->ingest.batch_bytes_max, defaults.ingest.batch_bytes_max);
  EXPECT_EQ(loaded->ingest.taxonomy_reload_every, defaults.ingest.taxonomy_reload_every);
  EXPECT_EQ(loaded->storage.data_dir, defaults.storage.data_dir);
  EXPECT_EQ(loaded->storage.partitions, defaults.storage.partitions);
  EXPECT_EQ(loaded->storage.dedup_window, defaults.storage.dedup_window);
  EXPECT_EQ(loaded->storage.live_tickets_max, defaults.storage.live_tickets_max);
  EXPECT_EQ(loaded->storage.write_buffer_bytes, defaults.storage.write_buffer_bytes);
  EXPECT_EQ(loaded->storage.block_cache_bytes, defaults.storage.block_cache_bytes);
  EXPECT_EQ(loaded->storage.checkpoint_every, defaults.storage.checkpoint_every);
  ASSERT_EQ(loaded->sinks.size(), 4u);
  const sink_config sink;
  EXPECT_EQ(loaded->sinks[0].retry.backoff_initial, sink.retry.backoff_initial);
  EXPECT_EQ(loaded->sinks[0].retry.backoff_max, sink.retry.backoff_max);
  EXPECT_EQ(loaded->sinks[0].retry.backoff_factor, sink.retry.backoff_factor);
  EXPECT_EQ(loaded->sinks[0].retry.jitter, sink.retry.jitter);
  EXPECT_EQ(loaded->sinks[0].retry.attempts_max, sink.retry.attempts_max);
  EXPECT_EQ(loaded->sinks[0].breaker.failures_to_open, sink.breaker.failures_to_open);
  EXPECT_EQ(loaded->sinks[0].breaker.open_initial, sink.breaker.open_initial);
  EXPECT_EQ(loaded->sinks[0].breaker.open_max, sink.breaker.open_max);
  EXPECT_EQ(loaded->sinks[0].in_flight_events_max, sink.in_flight_events_max);
  EXPECT_EQ(loaded->sinks[0].lanes_max, sink.lanes_max);
}

// A setting that the loader knows is one that it offers when it is asked for something far off.
TEST(LoadConfig, KnowsNoSettingThatTheExampleDoesNotShow) {
  const auto example = example_text();
  std::string offers = problems_of("zzzzzzzz: 1\ningest: {zzzzzzzz: 1}\nstorage: {zzzzzzzz: 1}\n") + "\n" +
                       sink_problems("filter: {zzzzzzzz: 1}\n  retry: {zzzzzzzz: 1}\n  breaker: {zzzzzzzz: 1}\n");
  int checked = 0;
  for (auto at = offers.find("known are: "); at != offers.npos; at = offers.find("known are: ", at)) {
    at += std::string_view("known are: ").size();
    auto list = offers.substr(at, offers.find('\n', at) - at);
    for (std::size_t from = 0; from < list.size(); ++checked) {
      const auto end = std::min(list.find(", ", from), list.size());
      EXPECT_NE(example.find(list.substr(from, end - from) + ":"), example.npos) << list.substr(from, end - from);
      from = end + 2;
    }
  }
  EXPECT_GE(checked, 35);
}

TEST(LoadConfig, ReadsAFileAndSaysWhenItCannot) {
  EXPECT_TRUE(load_config(CXSTREAM_SOURCE_DIR "/examples/cxstream.yaml"));
  const auto loaded = load_config("/nowhere/node.yaml");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.err().code, base::error_code::not_found);
}

} // namespace
} // namespace cxstream::config
