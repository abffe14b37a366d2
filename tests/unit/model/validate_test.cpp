#include "model/validate.hpp"

#include "model/canonicalise.hpp"
#include "unit/model/sample_event.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace cxstream::model {
namespace {

using namespace std::chrono_literals;

std::string verdict_of(const v1::CanonicalEvent& e) {
  const auto bad = validate(e, sample_now, {});
  if (!bad)
    return "ok";
  EXPECT_FALSE(bad->message.empty());
  EXPECT_EQ(bad->message.find('\n'), std::string::npos);
  return v1::RejectReason_Name(bad->reason) + " " + bad->field_path;
}

template <class Change>
std::string verdict_when(Change change) {
  auto e = sample_event();
  change(e);
  return verdict_of(e);
}

TEST(Validate, AcceptsAnEventWithEveryFieldAndOneWithOnlyTheRequired) {
  EXPECT_EQ(verdict_of(sample_event()), "ok");
  v1::CanonicalEvent e;
  e.set_event_type("ticket.updated");
  e.set_ticket_id("1");
  e.set_source_system("s");
  e.mutable_occurred_at()->set_seconds(1'700'000'000);
  EXPECT_EQ(verdict_of(e), "ok");
}

TEST(Validate, NamesTheRequiredFieldThatIsMissing) {
  EXPECT_EQ(verdict_when([](auto& e) { e.clear_event_type(); }), "MISSING_FIELD event_type");
  EXPECT_EQ(verdict_when([](auto& e) { e.clear_ticket_id(); }), "MISSING_FIELD ticket_id");
  EXPECT_EQ(verdict_when([](auto& e) { e.clear_source_system(); }), "MISSING_FIELD source_system");
  EXPECT_EQ(verdict_when([](auto& e) { e.clear_occurred_at(); }), "MISSING_FIELD occurred_at");
  EXPECT_EQ(verdict_when([](auto& e) { (*e.mutable_custom_metrics())[""] = 1; }), "MISSING_FIELD custom_metrics");
}

// Every text at its limit passes and one byte more is refused.
TEST(Validate, BoundsEveryText) {
  struct bound {
    const char* field;
    std::size_t bytes;
  };
  for (const auto& [field, bytes] : {bound{"event_id", 256},
                                     {"event_type", 128},
                                     {"ticket_id", 256},
                                     {"source_system", 64},
                                     {"idempotency_key", 256},
                                     {"schema_version", 32},
                                     {"mapping_version", 128},
                                     {"account_id", 256},
                                     {"canonical_tag", 256},
                                     {"driver", 256},
                                     {"status", 128},
                                     {"priority", 128},
                                     {"channel", 128},
                                     {"agent_id", 256},
                                     {"customer_id", 256}}) {
    auto e = sample_event();
    const auto* known = e.GetDescriptor()->FindFieldByName(field);
    ASSERT_NE(known, nullptr);
    e.GetReflection()->SetString(&e, known, std::string(bytes, 'x'));
    EXPECT_EQ(verdict_of(e), "ok") << field;
    e.GetReflection()->SetString(&e, known, std::string(bytes + 1, 'x'));
    EXPECT_EQ(verdict_of(e), std::string("TOO_LARGE ") + field);
  }
  const std::string url = "https://a.example/";
  EXPECT_EQ(verdict_when([&](auto& e) { e.set_evidence_url(url + std::string(2'048 - url.size(), 'x')); }), "ok");
  EXPECT_EQ(verdict_when([&](auto& e) { e.set_evidence_url(url + std::string(2'049 - url.size(), 'x')); }),
            "TOO_LARGE evidence_url");
}

TEST(Validate, BoundsListsAndMaps) {
  const auto tags = [](int count, std::size_t bytes) {
    return verdict_when([&](auto& e) {
      e.clear_raw_tags();
      for (int i = 0; i < count; ++i)
        e.add_raw_tags(std::string(bytes, 'x'));
    });
  };
  EXPECT_EQ(tags(64, 256), "ok");
  EXPECT_EQ(tags(65, 1), "TOO_LARGE raw_tags");
  EXPECT_EQ(tags(3, 257), "TOO_LARGE raw_tags[0]");
  const auto metrics = [](int count, std::size_t bytes) {
    return verdict_when([&](auto& e) {
      e.clear_custom_metrics();
      for (int i = 0; i < count; ++i)
        (*e.mutable_custom_metrics())[std::to_string(1'000 + i) + std::string(bytes - 4, 'x')] = i;
    });
  };
  EXPECT_EQ(metrics(64, 128), "ok");
  EXPECT_EQ(metrics(65, 4), "TOO_LARGE custom_metrics");
  EXPECT_EQ(metrics(1, 129), "TOO_LARGE custom_metrics");
  EXPECT_EQ(verdict_when([](auto& e) {
              for (int i = 0; i < 129; ++i)
                e.mutable_cleared()->add_paths("custom_metrics.x");
            }),
            "TOO_LARGE cleared");
}

TEST(Validate, BoundsScoresAndRefusesWhatIsNotANumber) {
  const double nan = std::nan("");
  const double infinite = std::numeric_limits<double>::infinity();
  for (const double good : {-1.0, 0.0, 1.0})
    EXPECT_EQ(verdict_when([&](auto& e) { e.mutable_sentiment()->set_score(good); }), "ok");
  for (const double bad : {-1.0001, 1.0001, nan, infinite, -infinite}) {
    EXPECT_EQ(verdict_when([&](auto& e) { e.mutable_sentiment()->set_score(bad); }), "OUT_OF_RANGE sentiment.score");
    EXPECT_EQ(verdict_when([&](auto& e) { e.mutable_effort()->set_confidence(bad); }),
              "OUT_OF_RANGE effort.confidence");
  }
  EXPECT_EQ(verdict_when([](auto& e) { e.mutable_churn_risk()->set_score(-0.1); }), "OUT_OF_RANGE churn_risk.score");
  EXPECT_EQ(verdict_when([](auto& e) { e.mutable_effort()->set_score(-0.1); }), "OUT_OF_RANGE effort.score");
  for (const double bad : {nan, infinite, -infinite})
    EXPECT_EQ(verdict_when([&](auto& e) { (*e.mutable_custom_metrics())["csat"] = bad; }),
              "OUT_OF_RANGE custom_metrics.csat");
  EXPECT_EQ(verdict_when([](auto& e) { (*e.mutable_custom_metrics())["csat"] = -1e308; }), "ok");
}

TEST(Validate, KnowsOnlyTheCanonicalLabelsOfSignals) {
  EXPECT_EQ(verdict_when([](auto& e) { e.mutable_sentiment()->set_label("meh"); }), "OUT_OF_RANGE sentiment.label");
  EXPECT_EQ(verdict_when([](auto& e) { e.mutable_churn_risk()->set_label("mixed"); }), "OUT_OF_RANGE churn_risk.label");
  EXPECT_EQ(verdict_when([](auto& e) { e.set_status("anything at all"); }), "ok");
  const auto bad = [] {
    auto e = sample_event();
    e.mutable_effort()->set_label("meh");
    return *validate(e, sample_now, {});
  }();
  EXPECT_EQ(bad.message, "effort.label is not a known word; use one of: low, medium, high, very_high");
}

TEST(Validate, RefusesTimesThatAreAbsurd) {
  const auto at = [](std::int64_t seconds, std::int32_t nanos) {
    return verdict_when([&](auto& e) {
      e.mutable_occurred_at()->set_seconds(seconds);
      e.mutable_occurred_at()->set_nanos(nanos);
    });
  };
  const auto now_s = base::to_us(sample_now) / 1'000'000;
  EXPECT_EQ(at(631'152'000, 0), "ok");
  EXPECT_EQ(at(631'151'999, 999'999'999), "INVALID_TIME occurred_at");
  EXPECT_EQ(at(0, 0), "INVALID_TIME occurred_at");
  EXPECT_EQ(at(now_s + 600, 0), "ok");
  EXPECT_EQ(at(now_s + 600, 1'000), "INVALID_TIME occurred_at");
  EXPECT_EQ(at(now_s * 1'000, 0), "INVALID_TIME occurred_at") << "milliseconds taken for seconds";
  EXPECT_EQ(at(std::numeric_limits<std::int64_t>::max(), 0), "INVALID_TIME occurred_at");
  EXPECT_EQ(at(std::numeric_limits<std::int64_t>::min(), 0), "INVALID_TIME occurred_at");
  EXPECT_EQ(at(now_s, -1), "INVALID_TIME occurred_at");
  EXPECT_EQ(at(now_s, 1'000'000'000), "INVALID_TIME occurred_at");
}

TEST(Validate, RefusesControlCharactersInIdentifiers) {
  using namespace std::string_literals;
  for (const auto& text : {"a\nb"s, "a\0b"s, "\x1b[31m"s, "a\x7f"s, "a\xC2\x85z"s, "\xC2\x9B"s}) {
    EXPECT_EQ(verdict_when([&](auto& e) { e.set_ticket_id(text); }), "OUT_OF_RANGE ticket_id");
    EXPECT_EQ(verdict_when([&](auto& e) { e.set_account_id(text); }), "OUT_OF_RANGE account_id");
    EXPECT_EQ(verdict_when([&](auto& e) { (*e.mutable_custom_metrics())[text] = 1; }), "OUT_OF_RANGE custom_metrics");
  }
  EXPECT_EQ(verdict_when([](auto& e) { e.set_ticket_id("\xC2\xA0\xC3\x85\xE2\x80\xAE"); }), "ok");
  EXPECT_EQ(verdict_when([](auto& e) { e.add_raw_tags("a\nb"); }), "ok");
  EXPECT_EQ(verdict_when([](auto& e) { e.add_raw_tags("a\0b"s); }), "OUT_OF_RANGE raw_tags[2]");
  EXPECT_EQ(verdict_when([](auto& e) { e.set_event_type("ticket updated"); }), "OUT_OF_RANGE event_type");
}

TEST(Validate, RefusesToClearWhatCannotBeClearedOrIsAlsoSet) {
  const auto clearing = [](const std::string& path) {
    return verdict_when([&](auto& e) {
      e.clear_driver();
      e.mutable_cleared()->add_paths(path);
    });
  };
  EXPECT_EQ(clearing("driver"), "ok");
  EXPECT_EQ(clearing("custom_metrics.unset"), "ok");
  for (const char* path : {"status", "sentiment", "raw_tags", "custom_metrics", "custom_metrics.messages", "ticket_id",
                           "", "custom_metrics.", "sentiment.label", "Driver", "pipeline", "driver\n"})
    EXPECT_EQ(clearing(path), "INVALID_CLEAR cleared.paths[0]") << path;
  v1::CanonicalEvent bare = sample_event();
  for (const char* path : {"account_id", "sentiment", "churn_risk", "effort", "canonical_tag", "driver", "evidence_url",
                           "raw_tags", "status", "priority", "channel", "agent_id", "customer_id", "custom_metrics"}) {
    bare.GetReflection()->ClearField(&bare, bare.GetDescriptor()->FindFieldByName(path));
    bare.mutable_cleared()->add_paths(path);
  }
  EXPECT_EQ(verdict_of(bare), "ok");
}

TEST(Validate, TakesOnlyAbsoluteWebUrlsAsEvidence) {
  for (const char* good : {"https://a", "http://a.example", "HTTPS://Desk.Example:8443/t/1?x=1#c",
                           "https://127.0.0.1:80/", "https://[2001:db8::1]:443/x", "https://user@host/",
                           "https://\xC3\xA9xample.fr/\xE2\x9C\x93", "https://a?b", "https://a/{x}|y"})
    EXPECT_TRUE(is_web_url(good)) << good;
  for (const char* bad : {"",
                          "a.example/x",
                          "//a.example",
                          "ftp://a.example",
                          "javascript:alert(1)",
                          "https:/a",
                          "https:a",
                          "https://",
                          "https:///x",
                          "https://?q",
                          "https://:80/",
                          "https://user@/",
                          "https://a b/",
                          "https://a/\n",
                          "https://a/\"x",
                          "https://a/<script>",
                          "https://a\\b",
                          "https://a:port/",
                          "https://a:65536/",
                          "https://[::1",
                          "https://[]/",
                          "https://[xyz]/",
                          "https://a]b/",
                          " https://a",
                          "https://[::1]x/",
                          "data:text/html,x"}) {
    EXPECT_FALSE(is_web_url(bad)) << bad;
    if (*bad != '\0') {
      EXPECT_EQ(verdict_when([&](auto& e) { e.set_evidence_url(bad); }), "INVALID_URL evidence_url");
    }
  }
}

TEST(Validate, LetsNaughtyStringsPassWhereverTextIsFree) {
  const auto naughty = naughty_strings();
  if (naughty.empty())
    GTEST_SKIP() << "the conformance data is not here";
  int as_id = 0;
  for (const auto& text : naughty) {
    auto e = sample_event();
    e.set_ticket_id(text);
    e.set_customer_id(text);
    e.clear_raw_tags();
    e.add_raw_tags(text);
    e.set_status(text);
    e.set_driver(text);
    e.clear_idempotency_key();
    canonicalise(e, {});
    const auto verdict = verdict_of(e);
    if (verdict == "ok") {
      ++as_id;
      continue;
    }
    EXPECT_TRUE(verdict == "OUT_OF_RANGE ticket_id" || verdict == "MISSING_FIELD ticket_id" ||
                verdict == "TOO_LARGE ticket_id" || verdict == "TOO_LARGE status")
        << verdict << ": " << text;
  }
  EXPECT_GE(as_id, 480) << "of " << naughty.size();
}

} // namespace
} // namespace cxstream::model
