#include "connectors/clickhouse/answer.hpp"
#include "connectors/clickhouse/fact_row.hpp"
#include "unit/connectors/deliveries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace cxstream::connectors::clickhouse {
namespace {

using connectors_test::event_of;
using connectors_test::now;
using ports::delivery_result;

http_answer answered(int status, std::string body, http_headers headers = {}) {
  http_answer out;
  out.status = status;
  out.body = std::move(body);
  out.headers = std::move(headers);
  return out;
}

TEST(ClickhouseAnswer, TellsTheRowFromTheServerAndFromItsLoad) {
  EXPECT_EQ(meaning_of(answered(200, "")), delivery_result::delivered);
  EXPECT_EQ(meaning_of(answered(400, "Code: 27, e.displayText() = DB::Exception: Cannot parse input")),
            delivery_result::permanent);
  EXPECT_EQ(meaning_of(answered(500, "", {{"x-clickhouse-exception-code", "252"}})), delivery_result::throttled);
  EXPECT_EQ(meaning_of(answered(200, "Code: 241, e.displayText() = …")), delivery_result::throttled)
      << "an exception after the headers";
  for (const auto* body : {"Code: 60, no table", "Code: 115, unknown setting", "Code: 243, no room", "Code: 516", ""})
    EXPECT_EQ(meaning_of(answered(500, body)), delivery_result::unreachable) << body;
  http_answer broken;
  broken.end = call_end::timed_out;
  EXPECT_EQ(meaning_of(broken), delivery_result::unreachable);
}

TEST(ClickhouseRow, SaysWhatTheEventSpeaksOf) {
  connectors_test::log_of_events log;
  auto e = event_of("T1", 3);
  e.set_status("open");
  e.mutable_effort()->set_score(0.25);
  e.mutable_cleared()->add_paths("driver");
  (*e.mutable_custom_metrics())["b"] = 2;
  (*e.mutable_custom_metrics())["a"] = 0.1;
  (*e.mutable_custom_metrics())["infinite"] = std::numeric_limits<double>::infinity();
  const auto place = log.add(e);
  std::string out;
  append_row(place, e, now, out);
  ASSERT_TRUE(out.ends_with("}\n"));
  const auto row = nlohmann::json::parse(out);
  EXPECT_EQ(row.at("said"), nlohmann::json({"driver", "status", "effort"}));
  EXPECT_EQ(row.at("metric_names"), nlohmann::json({"a", "b"}));
  EXPECT_EQ(row.at("metric_values"), nlohmann::json({0.1, 2.0}));
  EXPECT_EQ(row.at("effort_score"), 0.25);
  EXPECT_FALSE(row.contains("effort_confidence"));
  EXPECT_FALSE(row.contains("driver"));
  EXPECT_EQ(row.at("ticket_sequence"), 1);
  EXPECT_EQ(row.at("occurred_at"), 1'767'323'048);
}

TEST(ClickhouseRow, HasARevisionThatSortsAsRevisionsDo) {
  const auto text = [](std::int64_t us, std::uint64_t version, std::uint64_t offset) {
    v1::CanonicalEvent e;
    model::set_us(*e.mutable_occurred_at(), us);
    e.set_version(version);
    return revision_text(e, base::log_offset{offset});
  };
  const std::vector sorted{text(-5, 9, 9), text(-1, 0, 0), text(0, 0, 0),
                           text(1, 0, 5),  text(1, 1, 0),  text(1, ~std::uint64_t{0}, 0),
                           text(2, 0, 0)};
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end()));
  EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end());
}

} // namespace
} // namespace cxstream::connectors::clickhouse
