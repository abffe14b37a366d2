#include "connectors/file/file_target.hpp"

#include "deliveries.hpp"
#include "memory_disk.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace cxstream::connectors {
namespace {

using connectors_test::all_delivered;
using connectors_test::log_of_events;
using connectors_test::memory_disk;
using connectors_test::now;
using connectors_test::results;
using ports::delivery_result;
using testing::ElementsAre;
using testing::HasSubstr;

json_event crm() {
  v1::Projection projection;
  projection.set_kind(v1::CRM);
  return json_event(*model::compile_projection(projection));
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// idempotency_key of every line, in order; a line that is not JSON fails the test.
std::vector<std::string> keys_of(const std::string& ndjson) {
  std::vector<std::string> out;
  std::istringstream lines(ndjson);
  for (std::string line; std::getline(lines, line);) {
    rapidjson::Document json;
    json.Parse(line.c_str());
    EXPECT_TRUE(json.IsObject()) << line;
    if (json.IsObject())
      out.emplace_back(json["idempotency_key"].GetString());
  }
  return out;
}

std::vector<std::string> all_keys(const memory_disk& disk) {
  std::string text;
  for (const auto& [name, file] : disk.files())
    if (name.ends_with(".ndjson"))
      text += file->now;
  return keys_of(text);
}

TEST(FileTarget, WritesOneLineAnEventAndSaysHowFarItIs) {
  const connectors_test::scratch_directory directory;
  log_of_events log;
  file_target target({directory / "out"}, crm());
  ASSERT_TRUE(target.open());
  const std::vector events{log.add("T1"), log.add("T2"), log.add("T1"), log.add("T9", 7)};
  EXPECT_TRUE(all_delivered(target.deliver(events, now)));
  EXPECT_THAT(keys_of(slurp(directory / "out/events-000001.ndjson")), ElementsAre("T1/1", "T2/1", "T1/2", "T9/1"));
  const auto positions = target.positions();
  ASSERT_EQ(positions->size(), 2u);
  EXPECT_EQ((*positions)[0].partition.value, 3);
  EXPECT_EQ((*positions)[0].next_offset.value, 3u);
  EXPECT_EQ((*positions)[1].next_offset.value, 1u);
}

TEST(FileTarget, WritesAnEventThatComesAgainAfterAKillNoSecondTime) {
  const connectors_test::scratch_directory directory;
  log_of_events log;
  const std::vector events{log.add("T1"), log.add("T2"), log.add("T1")};
  auto disk = posix_file_ops();
  {
    file_target target({directory / "out"}, crm(), disk);
    ASSERT_TRUE(target.open());
    EXPECT_TRUE(all_delivered(target.deliver(events, now)));
  } // no close()
  const auto before = slurp(directory / "out/events-000001.ndjson");
  const auto journal = slurp(directory / "out/positions.journal");
  file_target again({directory / "out"}, crm(), disk);
  ASSERT_TRUE(again.open());
  EXPECT_TRUE(all_delivered(again.deliver(events, now + std::chrono::hours(1))));
  EXPECT_EQ(slurp(directory / "out/events-000001.ndjson"), before);
  EXPECT_EQ(slurp(directory / "out/positions.journal"), journal);
}

TEST(FileTarget, CutsOffAtOpeningWhatTheJournalDoesNotCount) {
  const connectors_test::scratch_directory directory;
  log_of_events log;
  const auto path = directory / "out/events-000001.ndjson";
  {
    file_target target({directory / "out"}, crm());
    ASSERT_TRUE(target.open());
    EXPECT_TRUE(all_delivered(target.deliver(std::vector{log.add("T1")}, now)));
  }
  const auto before = slurp(path);
  std::ofstream(path, std::ios::app) << R"({"idempotency_key":"half)";
  std::ofstream(directory / "out/positions.journal", std::ios::app) << "0123";
  file_target again({directory / "out"}, crm());
  ASSERT_TRUE(again.open());
  EXPECT_EQ(slurp(path), before);
  EXPECT_TRUE(all_delivered(again.deliver(std::vector{log.add("T1")}, now)));
  EXPECT_THAT(keys_of(slurp(path)), ElementsAre("T1/1", "T1/2"));
}

TEST(FileTarget, TakesTheEventsOfAPartitionOutOfOrderAndThoseThatCameLaterAreNotLost) {
  const connectors_test::scratch_directory directory;
  log_of_events log;
  const auto first = log.add("T1"), second = log.add("T1"), other = log.add("T2");
  {
    file_target target({directory / "out"}, crm());
    ASSERT_TRUE(target.open());
    EXPECT_TRUE(all_delivered(target.deliver(std::vector{first, other}, now)));
  }
  file_target again({directory / "out"}, crm());
  ASSERT_TRUE(again.open());
  EXPECT_EQ(again.positions()->front().next_offset.value, 3u);
  EXPECT_TRUE(all_delivered(again.deliver(std::vector{second}, now)));
  EXPECT_THAT(keys_of(slurp(directory / "out/events-000001.ndjson")), ElementsAre("T1/1", "T2/1", "T1/2"));
  EXPECT_EQ(again.positions()->front().next_offset.value, 3u);
}

TEST(FileTarget, WritesAnEventAgainWhenAnOperatorAllowsOlderOnes) {
  auto disk = std::make_shared<memory_disk>();
  log_of_events log;
  file_target target({"out"}, crm(), disk);
  ASSERT_TRUE(target.open());
  auto event = log.add("T1");
  EXPECT_TRUE(all_delivered(target.deliver(std::vector{event}, now)));
  event.allow_older = true;
  EXPECT_TRUE(all_delivered(target.deliver(std::vector{event}, now)));
  EXPECT_THAT(all_keys(*disk), ElementsAre("T1/1", "T1/1"));
}

TEST(FileTarget, RefusesAnUnreadableEventForGoodAndSkipsTheRestOfItsTicket) {
  auto disk = std::make_shared<memory_disk>();
  log_of_events log;
  auto broken = log.add("T1");
  const auto good = broken.event;
  broken.event = "\xff";
  const auto behind = log.add("T1");
  {
    file_target target({"out"}, crm(), disk);
    ASSERT_TRUE(target.open());
    EXPECT_THAT(results(target.deliver(std::vector{broken, behind, log.add("T2")}, now)),
                ElementsAre(delivery_result::unfit, delivery_result::skipped, delivery_result::delivered));
  }
  file_target again({"out"}, crm(), disk);
  ASSERT_TRUE(again.open());
  std::vector<ports::delivery> many; // far beyond what can be out of order
  for (int i = 0; i < 10'000; ++i)
    many.push_back(log.add("T3"));
  EXPECT_TRUE(all_delivered(again.deliver(many, now)));
  broken.event = good;
  EXPECT_TRUE(all_delivered(again.deliver(std::vector{broken, behind}, now)));
  const auto keys = all_keys(*disk);
  EXPECT_EQ(keys.front(), "T2/1");
  EXPECT_EQ(keys[keys.size() - 2], "T1/1");
  EXPECT_EQ(keys.back(), "T1/2");
}

TEST(FileTarget, StartsANewSegmentWhenOneIsFullAndNeverTouchesTheOldOneAgain) {
  auto disk = std::make_shared<memory_disk>();
  log_of_events log;
  std::vector<ports::delivery> events;
  file_target target({"out", 1'000}, crm(), disk);
  ASSERT_TRUE(target.open());
  for (int i = 0; i < 40; ++i) {
    events.push_back(log.add("T" + std::to_string(i % 5)));
    EXPECT_TRUE(all_delivered(target.deliver(std::vector{events.back()}, now)));
  }
  EXPECT_GT(disk->text("out/events-000003.ndjson").size(), 0u);
  EXPECT_LT(disk->text("out/positions.journal").size(), 3'000u) << "the journal is made short at every rotation";
  EXPECT_EQ(disk->text("out/positions.journal.new"), "");
  const auto keys = all_keys(*disk);
  EXPECT_EQ(keys.size(), 40u);
  target.close();
  file_target again({"out", 1'000}, crm(), disk);
  ASSERT_TRUE(again.open());
  EXPECT_TRUE(all_delivered(again.deliver(events, now)));
  EXPECT_EQ(all_keys(*disk), keys);
}

TEST(FileTarget, CannotBeOpenedTwice) {
  const connectors_test::scratch_directory directory;
  file_target one({directory / "out"}, crm());
  ASSERT_TRUE(one.open());
  file_target two({directory / "out"}, crm());
  const auto second = two.open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.err().code, base::error_code::unavailable);
  one.close();
  EXPECT_TRUE(two.open());
}

TEST(FileTarget, SaysWhatToDoWhenTheDirectoryIsNotSound) {
  const auto problem = [](auto spoil) {
    auto disk = std::make_shared<memory_disk>();
    log_of_events log;
    {
      file_target target({"out"}, crm(), disk);
      EXPECT_TRUE(target.open());
      for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(all_delivered(target.deliver(std::vector{log.add("T1")}, now)));
    }
    spoil(*disk);
    file_target again({"out"}, crm(), disk);
    const auto opened = again.open();
    EXPECT_FALSE(opened);
    EXPECT_EQ(opened.err().code, base::error_code::invalid_argument);
    return opened.err().message;
  };
  EXPECT_THAT(problem([](memory_disk& d) { d.set_text("out/events-000001.ndjson", "{}\n"); }),
              HasSubstr("put the file back"));
  EXPECT_THAT(problem([](memory_disk& d) { // a record in the middle
                auto journal = d.text("out/positions.journal");
                journal[40] ^= 1;
                d.set_text("out/positions.journal", journal);
              }),
              HasSubstr("damaged at byte 0"));
  auto disk = std::make_shared<memory_disk>();
  disk->set_text("out/events-000001.ndjson", "{}\n");
  file_target fresh({"out"}, crm(), disk);
  const auto opened = fresh.open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.err().message, HasSubstr("no positions.journal"));
  EXPECT_FALSE(fresh.open()) << "also when asked again";
  EXPECT_EQ(disk->text("out/events-000001.ndjson"), "{}\n");
}

// A sink that delivers in batches until everything is delivered, through refused calls, kills and power losses.
struct trial {
  std::shared_ptr<memory_disk> disk = std::make_shared<memory_disk>();
  log_of_events log;
  std::vector<ports::delivery> events;
  std::set<std::string> acknowledged;

  trial() {
    for (int i = 0; i < 24; ++i) {
      events.push_back(log.add("T" + std::to_string(i % 4), static_cast<std::uint16_t>(i % 4 / 2)));
      if (i % 5 == 0)
        log.leave_gap(2);
    }
  }
  std::unique_ptr<file_target> target() const {
    return std::make_unique<file_target>(file_settings{"out", 900}, crm(), disk);
  }
  // Delivers everything from the beginning once; events may be refused.
  void run(file_target& t) {
    for (std::size_t i = 0; i < events.size(); i += 3) {
      const auto outcomes = t.deliver(std::span(events).subspan(i, 3), now);
      ASSERT_EQ(outcomes.size(), 3u);
      for (std::size_t k = 0; k < 3; ++k)
        if (outcomes[k].result == delivery_result::delivered)
          acknowledged.insert(events[i + k].ticket_id + "/" + std::to_string(events[i + k].sequence.value));
        else
          EXPECT_EQ(outcomes[k].result, delivery_result::unreachable) << outcomes[k].reason;
    }
  }
  // Nothing acknowledged is missing, and nothing is there twice.
  void check(const std::string& where) const {
    const auto keys = all_keys(*disk);
    const std::set<std::string> unique(keys.begin(), keys.end());
    EXPECT_EQ(unique.size(), keys.size()) << "an event was written twice; " << where;
    for (const auto& key : acknowledged)
      EXPECT_TRUE(unique.contains(key)) << key << " was acknowledged and is lost; " << where;
  }
};

TEST(FileTarget, KeepsEveryEventOnceWhicheverCallToTheDiskFails) {
  for (const std::uint64_t failures : {1u, 2u, 7u}) {
    std::uint64_t call = 1;
    for (bool failed = true; failed; ++call) {
      const auto where = "call " + std::to_string(call) + ", failures " + std::to_string(failures);
      trial t;
      t.disk->fail_from(call, failures);
      auto target = t.target();
      for (int i = 0; i < 20 && !target->open(); ++i) {
      }
      t.run(*target);
      t.disk->heal();
      EXPECT_TRUE(target->deliver({}, now).empty()); // cuts off what a failed call left
      t.check(where);
      t.run(*target); // the same process goes on
      t.check(where);
      EXPECT_EQ(all_keys(*t.disk).size(), t.events.size()) << where;
      failed = t.disk->failed();
    }
    EXPECT_GT(call, 60u) << "too few calls were reached";
  }
}

TEST(FileTarget, KeepsEveryEventOnceWhenItIsKilledAtAnyCallToTheDisk) {
  for (const bool power : {false, true}) {
    bool failed = true;
    for (std::uint64_t call = 1; failed; ++call) {
      const auto where = "call " + std::to_string(call) + (power ? ", power loss" : ", kill");
      trial t;
      std::mt19937 random(static_cast<std::uint32_t>(call));
      t.disk->fail_from(call, ~std::uint64_t{0} / 2); // from there on the process is as good as dead
      auto target = t.target();
      if (target->open())
        t.run(*target);
      failed = t.disk->failed();
      t.disk->heal();
      // target lives on without touching the disk: a killed process closes nothing
      if (power)
        t.disk->power_loss(random);
      else
        t.disk->process_killed();
      auto next = t.target();
      const auto opened = next->open();
      ASSERT_TRUE(opened) << where << ": " << opened.err().message;
      t.check(where);
      t.run(*next);
      t.check(where);
      EXPECT_EQ(all_keys(*t.disk).size(), t.events.size()) << where;
      EXPECT_TRUE(failed || call > 60) << "too few calls were reached";
    }
  }
}

} // namespace
} // namespace cxstream::connectors
