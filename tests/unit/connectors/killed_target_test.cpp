// kill -9 in the middle of deliveries, with what was acknowledged kept outside the target.
#include "connectors/factory.hpp"
#include "deliveries.hpp"

#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cxstream::connectors {
namespace {

using connectors_test::log_of_events;
using connectors_test::now;

constexpr std::size_t batch = 7;

std::unique_ptr<ports::target> open_target(const config::sink_config& sink) {
  auto target = make_target(sink);
  if (!target)
    return nullptr;
  const auto opened = (*target)->open();
  EXPECT_TRUE(opened) << (opened ? "" : opened.err().message);
  return std::move(*target);
}

// Delivers from `first` on in a child process and kills it after `acknowledged` batches were said to be delivered,
// while it goes on with the next. Returns the events acknowledged.
std::size_t deliver_and_kill(const config::sink_config& sink, std::span<const ports::delivery> events,
                             std::size_t batches) {
  int channel[2];
  if (::pipe(channel) != 0)
    return 0;
  const auto child = ::fork();
  if (child == 0) {
    ::close(channel[0]);
    const auto target = open_target(sink);
    for (std::size_t i = 0; target && i + batch <= events.size(); i += batch) {
      if (!connectors_test::all_delivered(target->deliver(events.subspan(i, batch), now)))
        ::_exit(1);
      [[maybe_unused]] const auto said = ::write(channel[1], "x", 1);
    }
    ::_exit(0); // no destructor runs
  }
  ::close(channel[1]);
  std::size_t heard = 0;
  char byte = 0;
  while (heard < batches && ::read(channel[0], &byte, 1) == 1)
    ++heard;
  ::kill(child, SIGKILL);
  while (::read(channel[0], &byte, 1) == 1)
    ++heard;
  ::close(channel[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return heard * batch;
}

std::vector<std::string> keys_in_files(const std::string& directory) {
  std::vector<std::string> out;
  std::set<std::filesystem::path> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().extension() == ".ndjson")
      names.insert(entry.path());
  for (const auto& name : names) {
    std::ifstream in(name);
    for (std::string line; std::getline(in, line);)
      out.push_back(line);
  }
  return out;
}

std::vector<std::string> keys_in_warehouse(const std::string& path) {
  std::vector<std::string> out;
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  const auto collect = [](void* into, int, char** values, char**) {
    static_cast<std::vector<std::string>*>(into)->emplace_back(values[0]);
    return 0;
  };
  EXPECT_EQ(
      sqlite3_exec(db, "SELECT idempotency_key FROM fact_ticket_event; PRAGMA integrity_check", collect, &out, nullptr),
      SQLITE_OK);
  sqlite3_close(db);
  EXPECT_FALSE(out.empty());
  EXPECT_EQ(out.back(), "ok");
  out.pop_back();
  return out;
}

void kill_again_and_again(const config::sink_config& sink, const std::function<std::vector<std::string>()>& keys) {
  log_of_events log;
  std::vector<ports::delivery> events;
  for (std::size_t i = 0; i < batch * 120; ++i)
    events.push_back(log.add("T" + std::to_string(i % 11), static_cast<std::uint16_t>(i % 3)));
  std::mt19937 random(7);
  std::size_t acknowledged = 0;
  int kills = 0;
  while (acknowledged + batch * 12 < events.size()) {
    // As a node does that lost its own memory of some deliveries: it begins a little earlier.
    const auto from = acknowledged - std::min(acknowledged, batch * (random() % 4));
    acknowledged = from + deliver_and_kill(sink, std::span(events).subspan(from), 1 + random() % 10);
    ++kills;
    { open_target(sink)->close(); }
    const auto found = keys();
    const std::set<std::string> unique(found.begin(), found.end());
    ASSERT_EQ(unique.size(), found.size()) << "written twice after kill " << kills;
    ASSERT_GE(found.size(), acknowledged) << "lost after kill " << kills;
  }
  EXPECT_GE(kills, 2) << "a child that runs far ahead of its kill leaves room for few";
  EXPECT_TRUE(connectors_test::all_delivered(open_target(sink)->deliver(events, now)));
  EXPECT_EQ(keys().size(), events.size());
}

TEST(KilledTarget, SqliteKeepsEveryAcknowledgedEventOnce) {
  const connectors_test::scratch_directory directory;
  config::sink_config sink;
  sink.kind = "sqlite";
  sink.settings["path"] = directory / "w.db";
  kill_again_and_again(sink, [&] { return keys_in_warehouse(directory / "w.db"); });
}

TEST(KilledTarget, FileKeepsEveryAcknowledgedEventOnce) {
  const connectors_test::scratch_directory directory;
  config::sink_config sink;
  sink.kind = "file";
  sink.settings["path"] = directory / "out";
  sink.settings["rotate_bytes"] = "20KiB";
  sink.projection.set_kind(v1::CRM);
  kill_again_and_again(sink, [&] { return keys_in_files(directory / "out"); });
}

} // namespace
} // namespace cxstream::connectors
