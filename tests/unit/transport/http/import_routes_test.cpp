#include "transport/http/import_routes.hpp"
#include "unit/transport/http/http_loopback.hpp"
#include "unit/transport/kept_desk.hpp"

#include <nlohmann/json.hpp>

namespace cxstream::transport::test {
namespace {

using nlohmann::json;

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

// A body that is nowhere twice the same.
std::string body_of(std::size_t bytes) {
  std::string out(bytes, '\0');
  std::uint64_t state = 1;
  for (auto& c : out) {
    state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    c = static_cast<char>(state >> 56u);
  }
  return out;
}

class ImportRoutes : public HttpLoopback {
protected:
  void serve(std::uint64_t bytes_max = 64u << 20u) {
    for (auto& route : import_routes(desk, nullptr, bytes_max))
      routes.push_back(std::move(route));
    start();
  }
  kept_desk desk;
};

TEST_F(ImportRoutes, TakeAFileOfAnySizeInSmallPiecesAndAnswerWithItsJob) {
  options.limits.in_flight_bytes_max = 1u << 20u; // far less than the file
  serve();
  const auto file = body_of(7'000'001);
  const auto answer = asked(post("/v1/imports?name=a%20b&mapping=xes&rate=2.5", file));
  EXPECT_EQ(answer.status, 202) << answer.body;
  EXPECT_EQ(answer.header("location"), "/v1/imports/job-1");
  EXPECT_EQ(json::parse(answer.body).at("state"), "queued");
  const auto sent = desk.last();
  EXPECT_TRUE(sent.bytes == file);
  EXPECT_EQ(sent.announced, file.size());
  EXPECT_GT(sent.pieces, 10u);
  EXPECT_LE(sent.longest_piece, 512u << 10u);
  EXPECT_EQ(sent.spec.name(), "a b");
  EXPECT_EQ(sent.spec.mapping(), "xes");
  EXPECT_EQ(sent.spec.rows_per_second_max(), 2.5);
  EXPECT_FALSE(sent.from.may_program);
}

TEST_F(ImportRoutes, TakeAFileInChunksWhoseLengthNobodyKnows) {
  serve();
  const auto file = body_of(1'000'003);
  raw_client client(server->port());
  client.send("POST /v1/imports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (std::size_t at = 0; at < file.size(); at += 77'777) {
    const auto part = file.substr(at, 77'777);
    std::array<char, 32> head{};
    std::snprintf(head.data(), head.size(), "%zx\r\n", part.size());
    client.send(head.data() + part + "\r\n");
  }
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.receive().value_or(raw_answer{}).status, 202);
  EXPECT_TRUE(desk.last().bytes == file);
  EXPECT_FALSE(desk.last().announced);
  client.send(get("/v1/imports")); // the connection is good for more
  const auto list = client.receive().value_or(raw_answer{});
  EXPECT_EQ(json::parse(list.body).at("jobs").size(), 1u);
}

TEST_F(ImportRoutes, RefuseBeforeTheBodyIsSentWhereTheClientAsks) {
  desk.refuse_begin = {base::error_code::resource_exhausted, "the disk has no room"};
  serve();
  raw_client client(server->port());
  client.send("POST /v1/imports HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().value_or(raw_answer{}).status, 507);
}

TEST_F(ImportRoutes, RefuseInTheMiddleOfABody) {
  desk.refuse_piece = {base::error_code::resource_exhausted, "the disk is full"};
  desk.refuse_piece_after = 2;
  serve();
  const auto answer = asked(post("/v1/imports", body_of(3'000'000)));
  EXPECT_EQ(answer.status, 507) << answer.head;
  EXPECT_TRUE(desk.wait_for_abandoned(1));
  EXPECT_LE(desk.last().pieces, 4u);
}

TEST_F(ImportRoutes, RefuseAFileThatIsTooLong) {
  serve(1'000'000);
  EXPECT_EQ(asked(post("/v1/imports", body_of(1'000'001))).status, 413);
  raw_client client(server->port());
  client.send("POST /v1/imports HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 20 && client.send("10000\r\n" + std::string(65'536, 'x') + "\r\n"); ++i) {
  }
  EXPECT_EQ(client.receive().value_or(raw_answer{}).status, 413);
  EXPECT_TRUE(desk.wait_for_abandoned(1));
}

TEST_F(ImportRoutes, AClientThatLeavesInTheMiddleLeavesNoJob) {
  serve();
  {
    raw_client client(server->port());
    client.send("POST /v1/imports HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + body_of(600'000));
  }
  EXPECT_TRUE(desk.wait_for_abandoned(1));
  EXPECT_EQ(desk.list().size(), 0u);
}

TEST_F(ImportRoutes, ABodyThatDribblesIsCutOffInTheMiddle) {
  options.limits.body_max = std::chrono::milliseconds{100};
  options.limits.body_bytes_per_s_min = 10'000'000;
  serve();
  raw_client client(server->port());
  client.send("POST /v1/imports HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + body_of(400'000));
  EXPECT_EQ(client.receive().value_or(raw_answer{}).status, 408);
  EXPECT_TRUE(desk.wait_for_abandoned(1));
}

TEST_F(ImportRoutes, RefuseAQueryThatSaysWhatIsNotKnown) {
  serve();
  for (const auto* query : {"?nam=a", "?written_at=today", "?rate=fast", "?name=%zz"})
    EXPECT_EQ(asked(post(std::string("/v1/imports") + query, "x")).status, 400) << query;
  EXPECT_EQ(asked(post("/v1/imports?written_at=2026-01-02T03:04:05.5Z", "x")).status, 202);
  EXPECT_EQ(desk.last().spec.written_at().nanos(), 500'000'000);
}

TEST_F(ImportRoutes, ShowAndSteerJobs) {
  serve();
  asked(post("/v1/imports", "x"));
  EXPECT_EQ(json::parse(asked(get("/v1/imports/job-1")).body).at("file_bytes"), 1);
  EXPECT_EQ(asked(get("/v1/imports/job-2")).status, 404);
  EXPECT_EQ(json::parse(asked(post("/v1/imports/job-1/pause", "")).body).at("state"), "paused");
  EXPECT_EQ(json::parse(asked(post("/v1/imports/job-1/resume", "")).body).at("state"), "queued");
  EXPECT_EQ(asked("DELETE /v1/imports/job-1 HTTP/1.1\r\nHost: a\r\n\r\n").status, 409);
  desk.change("job-1", v1::IMPORT_DONE);
  EXPECT_EQ(asked(post("/v1/imports/job-1/cancel", "")).status, 409);
  EXPECT_EQ(asked("DELETE /v1/imports/job-1 HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  EXPECT_EQ(asked(get("/v1/imports/job-1")).status, 404);
}

TEST_F(ImportRoutes, HandTheRejectsOutInPiecesThatNameTheNext) {
  serve();
  asked(post("/v1/imports", "x"));
  const auto first = asked(get("/v1/imports/job-1/rejects"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.header("content-type"), "application/x-ndjson");
  EXPECT_EQ(first.header("link"), "</v1/imports/job-1/rejects?from=10>; rel=\"next\"");
  EXPECT_EQ(first.body, "{\"row\":1}\n");
  const auto second = asked(get("/v1/imports/job-1/rejects?from=10"));
  EXPECT_EQ(second.body, "{\"row\":2}\n");
  EXPECT_EQ(second.header("link"), "");
  EXPECT_EQ(asked(get("/v1/imports/job-1/rejects?from=x")).status, 400);
}

} // namespace
} // namespace cxstream::transport::test
