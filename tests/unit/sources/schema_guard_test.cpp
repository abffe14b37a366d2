#include "contract_fixture.hpp"

#include <filesystem>
#include <fstream>

namespace cxstream::sources {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

const std::string usual = R"({"ticket": {"id": 7, "status": "open", "tags": ["a", "b"]}})";
const std::string grown = R"({"ticket": {"id": 7, "status": "open", "tags": ["a"], "survey": {"score": 5}}})";

contract_settings mode(contract_mode of, std::uint64_t learn = 20) {
  contract_settings out;
  out.mode = of;
  out.learn = learn;
  return out;
}

// A JSON Schema in a file that goes with the test.
struct schema_file {
  explicit schema_file(const std::string& text)
      : path(std::filesystem::temp_directory_path() /
             ("cxstream_schema_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".json")) {
    std::ofstream(path) << text;
  }
  ~schema_file() {
    std::filesystem::remove(path);
  }
  std::filesystem::path path;
};

TEST(SchemaGuard, InWarnModeEverythingPassesAndAChangeIsCountedOnce) {
  guarded desk(mode(contract_mode::warn));
  desk.learn(20, usual);
  for (int n = 0; n < 5; ++n)
    EXPECT_EQ(desk.check(grown), "");
  EXPECT_THAT(desk.counts, ElementsAre(Pair(v1::DRIFT_NEW_FIELD, 1)));
  EXPECT_THAT(desk.log.lines, ElementsAre("the payloads of a source changed"));
  EXPECT_EQ(desk.guard->summary().version(), 2u);
}

TEST(SchemaGuard, InWarnModeAThousandASecondAreLookedAtAndAllAreCounted) {
  guarded desk(mode(contract_mode::warn));
  for (int n = 0; n < 1'500; ++n)
    EXPECT_EQ(desk.guard->check(usual, desk.clock.at), "");
  EXPECT_EQ(desk.guard->summary().payloads(), 1'000u);
  EXPECT_EQ(desk.guard->schema().volume().payloads(), 1'500u);
  EXPECT_EQ(desk.check(grown), "");
  EXPECT_EQ(desk.guard->summary().version(), 2u);

  guarded strict(mode(contract_mode::quarantine));
  for (int n = 0; n < 1'500; ++n)
    EXPECT_EQ(strict.guard->check(usual, strict.clock.at), "");
  EXPECT_NE(strict.guard->check(grown, strict.clock.at), "");
}

TEST(SchemaGuard, InQuarantineAllSuchPayloadsAreRefusedUntilAccepted) {
  guarded desk(mode(contract_mode::quarantine));
  desk.learn(20, usual);
  for (int n = 0; n < 5; ++n)
    EXPECT_THAT(desk.check(grown),
                HasSubstr("the field \"ticket.survey\" is new (object). Mend the sender; or, when this "
                          "is how payloads look now, run `cxstream schema accept desk`"));
  EXPECT_THAT(desk.counts, ElementsAre(Pair(v1::DRIFT_NEW_FIELD, 1)));
  EXPECT_NE(desk.guard->check_again(grown), "");
  EXPECT_EQ(desk.check(usual), "");
  desk.start(); // after a restart too
  EXPECT_NE(desk.check(grown), "");
  const auto accepted = desk.guard->accept(desk.clock.at);
  ASSERT_TRUE(accepted) << accepted.err().message;
  EXPECT_EQ(accepted->accepted(), 1u);
  EXPECT_EQ(desk.guard->check_again(grown), "");
  EXPECT_EQ(desk.check(grown), "");
  desk.start();
  EXPECT_EQ(desk.check(grown), "");
}

TEST(SchemaGuard, RefusesOnlyForWhatIsAsked) {
  auto settings = mode(contract_mode::enforce);
  settings.on = {v1::DRIFT_TYPE_CHANGE};
  guarded desk(settings);
  desk.learn(20, usual);
  EXPECT_EQ(desk.check(grown), "");
  EXPECT_THAT(desk.check(R"({"ticket": {"id": "7", "status": "open", "tags": []}})"),
              HasSubstr("\"ticket.id\" has a new type (text; was always number)"));
}

TEST(SchemaGuard, ChecksTheJsonSchemaAndNamesThePlaces) {
  const schema_file rules(R"({"type": "object", "required": ["ticket"], "properties": {"ticket": {
    "properties": {"id": {"type": "integer"}, "tags": {"items": {"type": "string", "maxLength": 3}}}}}})");
  auto settings = mode(contract_mode::enforce);
  settings.schema_file = rules.path.string();
  guarded desk(settings);
  desk.learn(3, usual);
  const auto why = desk.check(R"({"ticket": {"id": "x", "status": "open", "tags": ["a", "long text"]}})");
  EXPECT_THAT(why, HasSubstr("/ticket/id: "));
  EXPECT_THAT(why, HasSubstr("/ticket/tags/1: "));
  EXPECT_THAT(desk.check("[]"), HasSubstr("the payload: "));
  EXPECT_NE(desk.check("[]"), "");
  EXPECT_THAT(desk.counts, ElementsAre(Pair(v1::DRIFT_SCHEMA_VIOLATION, 3)));
  EXPECT_EQ(desk.guard->schema().timeline_size(), 2);
  EXPECT_EQ(desk.guard->summary().payloads(), 3u);

  settings.mode = contract_mode::warn;
  guarded warned(settings);
  EXPECT_EQ(warned.check("[]"), "");
  EXPECT_THAT(warned.counts, ElementsAre(Pair(v1::DRIFT_SCHEMA_VIOLATION, 1)));
}

TEST(SchemaGuard, WhatIsNotJsonIsLeftToTheMapping) {
  guarded desk(mode(contract_mode::enforce, 1));
  for (const std::string body : {"", "<ticket/>", "{\"a\": 1", "{} x", "id,name\n1,Ada\n", "\"\xff\"", "\"\\ud800\""})
    EXPECT_EQ(desk.check(body), "") << body;
  EXPECT_EQ(desk.check(std::string("{}\0{}", 5)), "");
  EXPECT_EQ(desk.guard->summary().payloads(), 0u);
}

TEST(SchemaGuard, ADocumentALineIsAPayloadEach) {
  guarded desk(mode(contract_mode::quarantine, 3));
  EXPECT_EQ(desk.check("\xEF\xBB\xBF{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n"), "");
  EXPECT_EQ(desk.guard->summary().payloads(), 3u);
  EXPECT_THAT(desk.check("{\"a\": 4}\n{\"a\": 5, \"b\": 6}\n"), HasSubstr("\"b\" is new"));
}

TEST(SchemaGuard, HostileNestingNeitherCrashesNorPasses) {
  const schema_file rules("true");
  auto settings = mode(contract_mode::enforce, 1);
  settings.schema_file = rules.path.string();
  guarded desk(settings);
  const std::string deep = std::string(500'000, '[') + std::string(500'000, ']');
  EXPECT_THAT(desk.check(deep), HasSubstr("nested too deep"));
  EXPECT_NE(desk.guard->check_again(deep), "");
  EXPECT_THAT(desk.check(std::string(500'000, '[')), HasSubstr("nested too deep"));
}

TEST(SchemaGuard, SavesWithAChangeAndElseEveryFewSeconds) {
  guarded desk(mode(contract_mode::warn));
  desk.learn(20, usual);
  EXPECT_EQ(desk.saves, 0);
  desk.guard->look(desk.clock.at);
  EXPECT_EQ(desk.saves, 1);
  EXPECT_EQ(desk.check(usual), "");
  desk.guard->look(desk.clock.at);
  EXPECT_EQ(desk.saves, 1);
  desk.guard->look(desk.clock.at + std::chrono::seconds{6});
  EXPECT_EQ(desk.saves, 2);
  desk.clock.at += std::chrono::seconds{60};
  desk.guard->look(desk.clock.at);
  EXPECT_EQ(desk.saves, 2); // nothing new
  EXPECT_EQ(desk.check(grown), "");
  EXPECT_EQ(desk.saves, 3);
  v1::SourceSchema kept;
  ASSERT_TRUE(kept.ParseFromString(desk.kept));
  EXPECT_EQ(kept.version(), 2u);
}

TEST(SchemaGuard, AFullDiskIsToldAndTriedAgain) {
  guarded desk(mode(contract_mode::quarantine));
  desk.learn(20, usual);
  desk.disk_is_full = true;
  EXPECT_NE(desk.check(grown), "");
  EXPECT_THAT(desk.log.lines, testing::Contains(HasSubstr("could not be saved")));
  EXPECT_THAT(desk.guard->accept(desk.clock.at).err().message, HasSubstr("will be forgotten at a restart"));
  desk.disk_is_full = false;
  desk.guard->look(desk.clock.at + std::chrono::seconds{10});
  EXPECT_EQ(desk.saves, 1);
}

TEST(SchemaGuard, RefusesToStartFromBrokenBytesOrWithoutItsSchema) {
  deaf_log log;
  contract_settings settings;
  settings.source = "desk";
  auto broken = schema_guard::make(settings, {log}, "\xff\xff");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.err().code, base::error_code::corrupt);
  settings.schema_file = "/no/such.json";
  auto missing = schema_guard::make(settings, {log}, "");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.err().message, HasSubstr("/no/such.json cannot be opened"));
}

struct fixed_reader final : ports::payload_reader {
  ports::read_payload read(const ports::payload& from, base::timestamp) const override {
    if (from.peer == "forger")
      return {{}, {}, {{v1::BAD_SIGNATURE, "", "wrong", ""}}};
    return {{"event"}, {}, {}};
  }
  ports::read_payload read_verified(const ports::payload&, base::timestamp) const override {
    return {{"event"}, {}, {}};
  }
  bool hides(std::string_view name) const override {
    return name == "x-secret";
  }
};

TEST(GuardedReader, RefusesTheWholePayloadAndLearnsNothingFromForgers) {
  guarded desk(mode(contract_mode::quarantine, 1));
  const guarded_reader reader(std::make_shared<fixed_reader>(), desk.guard);
  const auto payload = [](const std::string& body, const std::string& peer = "") {
    return ports::payload{"/", {}, body, peer, ""};
  };
  EXPECT_EQ(reader.read(payload("{\"evil\": 1}", "forger"), desk.clock.at).refused.at(0).reason, v1::BAD_SIGNATURE);
  EXPECT_EQ(desk.guard->summary().payloads(), 0u);
  EXPECT_THAT(reader.read(payload(usual), desk.clock.at).events, ElementsAre("event"));
  const auto refused = reader.read(payload(grown), desk.clock.at);
  EXPECT_THAT(refused.events, IsEmpty());
  ASSERT_EQ(refused.refused.size(), 1u);
  EXPECT_EQ(refused.refused[0].reason, v1::BROKEN_CONTRACT);
  EXPECT_EQ(refused.refused[0].record, ""); // the letter has the whole payload
  auto again = payload(grown);
  for (const auto reason : {v1::BROKEN_CONTRACT, v1::BAD_SIGNATURE}) {
    again.refused_as = reason;
    EXPECT_EQ(reader.read_verified(again, desk.clock.at).refused.size(), 1u);
  }
  auto record = payload("[\"a record of a payload\"]");
  record.refused_as = v1::BAD_MAPPING;
  EXPECT_THAT(reader.read_verified(record, desk.clock.at).events, ElementsAre("event"));
  ASSERT_TRUE(desk.guard->accept(desk.clock.at));
  EXPECT_THAT(reader.read_verified(again, desk.clock.at).events, ElementsAre("event"));
  EXPECT_TRUE(reader.hides("x-secret"));
}

TEST(ContractBook, ShowsAndAcceptsByName) {
  guarded desk(mode(contract_mode::quarantine, 1));
  contract_book book(desk.clock);
  book.add(desk.guard);
  desk.learn(1, usual);
  EXPECT_NE(desk.check(grown), "");
  EXPECT_NE(desk.check("[]"), "");
  book.list_schemas({}, [](auto answer) {
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->schemas_size(), 1);
    EXPECT_EQ(answer->schemas(0).source(), "desk");
    EXPECT_EQ(answer->schemas(0).mode(), "quarantine");
    EXPECT_EQ(answer->schemas(0).held(), 2u);
  });
  v1::GetSchemaTimelineRequest timeline;
  timeline.set_source("desk");
  timeline.set_limit(1);
  book.get_schema_timeline(timeline, [](auto answer) {
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->drifts_size(), 1);
    EXPECT_EQ(answer->drifts(0).kind(), v1::DRIFT_TYPE_CHANGE); // the newest
  });
  v1::AcceptSchemaRequest accept;
  accept.set_source("desk");
  book.accept_schema(accept, [](auto answer) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->accepted(), 2u);
    EXPECT_EQ(answer->version(), 3u);
  });
  accept.set_source("dsk");
  book.accept_schema(accept, [](auto answer) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.err().code, base::error_code::not_found);
    EXPECT_THAT(answer.err().message, HasSubstr("no source is named \"dsk\""));
  });
}

} // namespace
} // namespace cxstream::sources
