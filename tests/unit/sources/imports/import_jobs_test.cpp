#include "unit/sources/imports/import_stage.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace cxstream::sources::test {
namespace {

namespace fs = std::filesystem;
using base::error_code;
using desk_calls = ports::import_desk;
using testing::HasSubstr;
using testing::IsEmpty;

using ImportJobs = ImportStage;

v1::ImportSpec named(const std::string& mapping = "") {
  v1::ImportSpec spec;
  spec.set_name("a file");
  spec.set_mapping(mapping);
  return spec;
}

TEST_F(ImportJobs, AnUploadedFileIsImportedWholeAndItsFileGoes) {
  const auto job = upload(events_text(95), named(), 777);
  ASSERT_TRUE(job) << job.err().message;
  EXPECT_EQ(job->state(), v1::IMPORT_QUEUED);
  const auto done = when(job->id(), v1::IMPORT_DONE);
  EXPECT_EQ(done.counts().rows(), 95u);
  EXPECT_EQ(done.counts().accepted(), 95u);
  EXPECT_EQ(done.bytes_read(), done.file_bytes());
  EXPECT_EQ(gate.events(), 95u);
  desk->stop();
  EXPECT_FALSE(fs::exists(spool_of(job->id()) + "/file"));
}

TEST_F(ImportJobs, TheSameFileAgainIsAJobThatChangesNothing) {
  const auto first = upload(events_text(30), named());
  ASSERT_TRUE(first);
  when(first->id(), v1::IMPORT_DONE);
  const auto again = upload(events_text(30), named());
  ASSERT_TRUE(again);
  const auto done = when(again->id(), v1::IMPORT_DONE);
  EXPECT_EQ(done.counts().duplicates(), 30u);
  EXPECT_EQ(gate.events(), 30u);
  EXPECT_EQ(desk->list().size(), 2u);
  EXPECT_EQ(desk->list()[0].id(), again->id()) << "newest first";
}

TEST_F(ImportJobs, RowsWithoutATimeAreOfTheFilesTimeWhichIsTheSenders) {
  auto spec = named();
  spec.set_mapping_yaml(
      "name: t\nformat: ndjson\nsource_system: desk\nevent_type: a\nfields:\n  ticket_id: {path: .id}\n"
      "  occurred_at: {received: yes}\n");
  spec.mutable_written_at()->set_seconds(1'700'000'000);
  for (int i = 0; i < 2; ++i) {
    const auto job = upload("{\"id\": \"T-1\"}\n", spec);
    ASSERT_TRUE(job) << job.err().message;
    when(job->id(), v1::IMPORT_DONE);
  }
  EXPECT_EQ(gate.events(), 1u) << "its key is made of its time, among others";
}

TEST_F(ImportJobs, RefusedRowsAreLinesOfRejectsAndDeadLettersEachOnce) {
  auto text = events_text(25);
  text += "{\"ticket_id\": 17\n";
  text += "{\"event_type\":\"a\",\"occurred_at\":\"2026-01-02T03:04:05Z\",\"source_system\":\"desk\"}\n";
  const auto job = upload(text, named());
  ASSERT_TRUE(job);
  const auto done = when(job->id(), v1::IMPORT_DONE);
  EXPECT_EQ(done.counts().accepted(), 25u);
  EXPECT_EQ(done.counts().unreadable(), 1u);
  EXPECT_EQ(done.counts().rejected(), 1u);
  EXPECT_EQ(done.refused_rows(), 2u);
  const auto lines = rejects(job->id());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
  EXPECT_THAT(lines, HasSubstr("\"row\":26,\"line\":26"));
  EXPECT_THAT(lines, HasSubstr("\"field_path\":\"ticket_id\""));
  const auto letters = gate.letters();
  ASSERT_EQ(letters.size(), 2u);
  const auto& letter = letters.begin()->second;
  EXPECT_EQ(letter.stage(), v1::SOURCE);
  EXPECT_EQ(letter.source(), "import/canonical");
  EXPECT_EQ(letter.payload(), "{\"ticket_id\": 17");
  EXPECT_THAT(letter.message(), HasSubstr("a file, row 26, line 26: "));
}

TEST_F(ImportJobs, AfterARestartAJobGoesOnBehindWhatIsDurableAndDoublesNothing) {
  gate.hold();
  auto text = events_text(100);
  text.insert(0, "{nonsense\n");
  const auto job = upload(text, named());
  ASSERT_TRUE(job) << job.err().message;
  gate.permit(3);
  ASSERT_TRUE(gate.is_holding());
  gate.failures = 1'000; // what is held is not answered any more, as when the process dies
  gate.permit(-1);
  restart();
  EXPECT_NE(desk->find(job->id())->state(), v1::IMPORT_DONE);
  gate.failures = 0;
  const auto done = when(job->id(), v1::IMPORT_DONE);
  EXPECT_EQ(done.counts().rows(), 101u);
  EXPECT_EQ(done.counts().accepted() + done.counts().duplicates(), 100u);
  EXPECT_EQ(gate.events(), 100u);
  EXPECT_EQ(gate.letters().size(), 1u);
  const auto lines = rejects(job->id());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
}

TEST_F(ImportJobs, APausedJobStandsStillOverARestartUntilItIsResumed) {
  gate.hold();
  const auto job = upload(events_text(100), named());
  ASSERT_TRUE(job);
  ASSERT_TRUE(gate.is_holding());
  const auto paused = steered(&desk_calls::pause, job->id());
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->state(), v1::IMPORT_PAUSED);
  gate.permit(-1);
  restart();
  EXPECT_EQ(desk->find(job->id())->state(), v1::IMPORT_PAUSED);
  const auto other = upload(events_text(5), named());
  ASSERT_TRUE(other);
  when(other->id(), v1::IMPORT_DONE); // it has the turn meanwhile
  EXPECT_LE(gate.events(), 15u);
  ASSERT_TRUE(steered(&desk_calls::resume, job->id()));
  EXPECT_EQ(when(job->id(), v1::IMPORT_DONE).counts().rows(), 100u);
  EXPECT_EQ(gate.events(), 100u);
}

TEST_F(ImportJobs, ACancelledJobLeavesNoFileAndCanBeForgotten) {
  gate.hold();
  const auto job = upload(events_text(100), named());
  ASSERT_TRUE(job);
  ASSERT_TRUE(gate.is_holding());
  const auto refused = steered(&desk_calls::forget, job->id());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.err().code, error_code::failed_precondition);
  ASSERT_TRUE(steered(&desk_calls::cancel, job->id()));
  gate.permit(-1);
  desk->stop();
  EXPECT_FALSE(fs::exists(spool_of(job->id()) + "/file"));
  ASSERT_TRUE(steered(&desk_calls::forget, job->id()));
  EXPECT_FALSE(desk->find(job->id()));
  EXPECT_FALSE(fs::exists(spool_of(job->id())));
  EXPECT_THAT(store.contents(ports::family::meta), IsEmpty());
}

TEST_F(ImportJobs, AWishThatCannotBeStoredIsNotInForce) {
  gate.hold();
  const auto job = upload(events_text(100), named());
  ASSERT_TRUE(job);
  ASSERT_TRUE(gate.is_holding());
  store.fail_writes(error_code::io);
  EXPECT_FALSE(steered(&desk_calls::pause, job->id()));
  EXPECT_EQ(desk->find(job->id())->state(), v1::IMPORT_RUNNING);
  ASSERT_TRUE(store.mend());
}

TEST_F(ImportJobs, AnUploadThatBreaksOffLeavesNothing) {
  {
    auto begun = desk->begin_upload(named(), {}, std::nullopt);
    ASSERT_TRUE(begun);
    (*begun)->write("half", [](const auto&) {});
  }
  restart(); // what the disk line still had to do is done
  EXPECT_THAT(desk->list(), IsEmpty());
  EXPECT_TRUE(fs::is_empty(dir.path("spool")));
  EXPECT_EQ(meter.uploads[static_cast<std::size_t>(ports::upload_outcome::abandoned)], 1);
}

TEST_F(ImportJobs, WhatAnUploadLeftWhenTheNodeDiedIsSweptAtTheNextStart) {
  fs::create_directory(dir.path("spool/20260101T000000-000000"));
  std::ofstream(dir.path("spool/20260101T000000-000000/file.part")) << "half";
  restart();
  EXPECT_TRUE(fs::is_empty(dir.path("spool")));
}

TEST_F(ImportJobs, FilesThatAreTooLongOrHaveNoRoomAreRefused) {
  options.upload_bytes_max = 1'000;
  restart();
  EXPECT_EQ(desk->begin_upload(named(), {}, 1'001).err().code, error_code::invalid_argument);
  auto begun = desk->begin_upload(named(), {}, std::nullopt);
  ASSERT_TRUE(begun);
  std::promise<base::result<void>> written;
  (*begun)->write(std::string(1'001, 'x'), [&](base::result<void> how) { written.set_value(std::move(how)); });
  EXPECT_EQ(written.get_future().get().err().code, error_code::invalid_argument);
  begun->reset();
  options.free_bytes_min = std::uint64_t{1} << 60u;
  restart();
  EXPECT_EQ(desk->begin_upload(named(), {}, 1).err().code, error_code::resource_exhausted);
}

TEST_F(ImportJobs, TakesNoMoreUploadsAtOnceThanItMay) {
  options.uploads_max = 1;
  restart();
  auto first = desk->begin_upload(named(), {}, std::nullopt);
  ASSERT_TRUE(first);
  EXPECT_EQ(desk->begin_upload(named(), {}, std::nullopt).err().code, error_code::unavailable);
  first->reset();
  auto next = desk->begin_upload(named(), {}, std::nullopt);
  for (const auto from = clock.now(); !next && clock.now() - from < std::chrono::seconds{20};) {
    std::this_thread::yield();
    next = desk->begin_upload(named(), {}, std::nullopt);
  }
  EXPECT_TRUE(next) << "the one before has gone";
}

TEST_F(ImportJobs, AMappingIsKnownOrBroughtByWhoMayProgram) {
  EXPECT_EQ(upload("a", named("no_such")).err().code, error_code::not_found);
  EXPECT_EQ(upload("a", named("../../etc/passwd")).err().code, error_code::not_found);
  auto own = named();
  own.set_mapping_yaml("format: csv\n");
  EXPECT_EQ(upload("a", own).err().code, error_code::invalid_argument) << "it lacks all that a mapping needs";
  EXPECT_EQ(upload("a", own, 10, {"key", {}, false}).err().code, error_code::permission_denied);
  EXPECT_EQ(upload("a,b\n1,2\n", named()).err().code, error_code::invalid_argument) << "a table needs one";
  EXPECT_THAT(desk->list(), IsEmpty());
}

TEST_F(ImportJobs, AFolderOfTheNodeGivesMappingsByTheirNames) {
  options.mappings = dir.path("mappings");
  fs::create_directory(options.mappings);
  std::ofstream(options.mappings / "desk.yaml")
      << "name: desk\nformat: csv\nsource_system: desk\nevent_type: a\nfields:\n  ticket_id: {column: id}\n"
         "  occurred_at: {column: at, format: rfc3339}\n";
  restart();
  const auto job = upload("id,at\nT-1,2026-01-02T03:04:05Z\nT-2,never\n", named("desk"));
  ASSERT_TRUE(job) << job.err().message;
  EXPECT_EQ(job->mapping(), "desk@1");
  const auto done = when(job->id(), v1::IMPORT_DONE);
  EXPECT_EQ(done.counts().accepted(), 1u);
  ASSERT_EQ(gate.letters().size(), 1u);
  EXPECT_EQ(gate.letters().begin()->second.source(), "import/desk");
}

TEST_F(ImportJobs, AKeyForSomeSourcesBringsNoEventsOfOthers) {
  const auto job = upload(events_text(3), named(), 1'000, {"key-1", {"crm"}, false});
  ASSERT_TRUE(job);
  EXPECT_EQ(job->created_by(), "key-1");
  const auto done = when(job->id(), v1::IMPORT_DONE);
  EXPECT_EQ(done.counts().rejected(), 3u);
  EXPECT_THAT(rejects(job->id()), HasSubstr("NOT_ALLOWED"));
  EXPECT_EQ(gate.last_client().sources, std::vector<std::string>{"crm"});
}

TEST_F(ImportJobs, WhileTheNodeIsBusyAJobWaitsAndLosesNoRow) {
  gate.failures = 5;
  const auto job = upload(events_text(40), named());
  ASSERT_TRUE(job);
  EXPECT_EQ(when(job->id(), v1::IMPORT_DONE).counts().accepted(), 40u);
}

TEST_F(ImportJobs, ADamagedFileKeepsWhatCameBeforeTheDamage) {
  auto spec = named();
  spec.set_mapping_yaml("name: a\nformat: json\neach: .[]\nsource_system: desk\nevent_type: a\nfields:\n"
                        "  ticket_id: {path: .id}\n  occurred_at: {path: .at, format: unix_s}\n");
  const auto job = upload("[{\"id\": \"1\", \"at\": 1767268800}, {\"id\": \"2\", \"at\": 1767268801}, {\"id\"", spec);
  ASSERT_TRUE(job) << job.err().message;
  const auto failed = when(job->id(), v1::IMPORT_FAILED);
  EXPECT_EQ(failed.counts().accepted(), 2u);
  EXPECT_NE(failed.problem(), "");
}

TEST_F(ImportJobs, TooManyRefusedRowsPauseAJob) {
  options.policy.refused_max = 20;
  restart();
  std::string text;
  for (int i = 0; i < 100; ++i)
    text += "{nonsense\n";
  const auto job = upload(text, named());
  ASSERT_TRUE(job) << job.err().message;
  const auto paused = when(job->id(), v1::IMPORT_PAUSED);
  EXPECT_EQ(paused.refused_rows(), 20u);
  EXPECT_THAT(paused.problem(), HasSubstr("20 rows were refused"));
}

class ImportByPath : public ImportStage {
protected:
  base::result<v1::ImportJob> start(const std::string& path) {
    v1::StartImportRequest request;
    request.set_path(path);
    std::promise<base::result<v1::ImportJob>> made;
    desk->start(request, {}, [&](base::result<v1::ImportJob> job) { made.set_value(std::move(job)); });
    return made.get_future().get();
  }
  void allow(const std::string& folder) {
    options.folders = {folder};
    restart();
  }
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(dir.path(name)) << text;
    return dir.path(name);
  }
};

TEST_F(ImportByPath, NoPathIsReadUnlessItsFolderIsAllowed) {
  fs::create_directory(dir.path("in"));
  const auto outside = file("secret.ndjson", events_text(1));
  EXPECT_EQ(start(outside).err().code, error_code::permission_denied);
  allow(dir.path("in"));
  fs::create_symlink(outside, dir.path("in/link"));
  for (const auto& path : {outside, dir.path("in/../secret.ndjson"), dir.path("in/link"), dir.path("in/none"),
                           dir.path("in"), std::string("in/a"), std::string()})
    EXPECT_EQ(start(path).err().code, error_code::permission_denied) << path;
}

TEST_F(ImportByPath, AFileInAnAllowedFolderIsImportedAndStays) {
  fs::create_directory(dir.path("in"));
  const auto path = file("in/a.ndjson", events_text(12));
  allow(dir.path("in"));
  const auto job = start(path);
  ASSERT_TRUE(job) << job.err().message;
  EXPECT_EQ(job->name(), "a.ndjson");
  EXPECT_EQ(when(job->id(), v1::IMPORT_DONE).counts().accepted(), 12u);
  desk->stop();
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(ImportByPath, AFileThatIsChangedUnderAJobEndsIt) {
  fs::create_directory(dir.path("in"));
  const auto path = file("in/a.ndjson", events_text(100));
  allow(dir.path("in"));
  gate.hold();
  const auto job = start(path);
  ASSERT_TRUE(job);
  ASSERT_TRUE(gate.is_holding());
  ASSERT_TRUE(steered(&desk_calls::pause, job->id()));
  gate.permit(-1);
  file("in/a.ndjson", events_text(5));
  ASSERT_TRUE(steered(&desk_calls::resume, job->id()));
  EXPECT_THAT(when(job->id(), v1::IMPORT_FAILED).problem(), HasSubstr("was changed"));
}

} // namespace
} // namespace cxstream::sources::test
