#include "connectors/clickhouse/clickhouse_target.hpp"

#include "base/hash.hpp"
#include "connectors/clickhouse/answer.hpp"
#include "connectors/clickhouse/fact_row.hpp"
#include "connectors/clickhouse/schema.hpp"
#include "connectors/encoding/percent.hpp"
#include "connectors/http/answer_outcome.hpp"

#include <array>
#include <charconv>

namespace cxstream::connectors {

using namespace clickhouse;

namespace {

constexpr std::chrono::seconds pause_when_busy{5};
constexpr int first_with_tokens = 22; // the major version

int major_of(std::string_view version) {
  int out = 0;
  std::from_chars(version.data(), version.data() + version.size(), out);
  return out;
}

} // namespace

clickhouse_target::clickhouse_target(clickhouse_settings settings) : settings_(std::move(settings)) {
}

http_exchange clickhouse_target::say(const std::string& parameters, const std::string& body) {
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  const auto make = [&](std::span<const std::string> secrets) -> base::result<http_request> {
    http_request out{"POST", settings_.url + parameters, {{"Content-Type", "text/plain"}}, body};
    out.headers.emplace_back("X-ClickHouse-User", settings_.user);
    if (settings_.password.is_set())
      out.headers.emplace_back("X-ClickHouse-Key", secrets[0]);
    return out;
  };
  const std::array secrets{&settings_.password};
  return send_authorized(*http_, secrets, make);
}

// The one value that a statement answers; empty for one without answer.
base::result<std::string> clickhouse_target::ask(const std::string& statement) {
  const auto exchange = say("", statement);
  if (meaning_of(exchange.answer) != ports::delivery_result::delivered)
    return base::error{base::error_code::unavailable, "ClickHouse: " + reason_of(exchange.answer, exchange.mask)};
  auto out = exchange.answer.body;
  while (!out.empty() && out.back() == '\n')
    out.pop_back();
  return out;
}

base::result<void> clickhouse_target::prepare() {
  const auto version = ask("SELECT version()");
  if (!version)
    return version.err();
  knows_tokens_ = major_of(*version) >= first_with_tokens;
  for (const auto& statement : schema_statements(settings_.database))
    if (auto made = ask(statement); !made)
      return made.err();
  const auto found = ask(find_version_statement(settings_.database));
  if (!found)
    return found.err();
  const auto known = static_cast<unsigned>(major_of(*found));
  if (known > schema_version)
    return base::error{base::error_code::invalid_argument, "the database \"" + settings_.database + "\" has version " +
                                                               *found + ", this program knows up to " +
                                                               std::to_string(schema_version) +
                                                               "; run the newer program that wrote it"};
  if (known < schema_version)
    if (auto noted = ask(note_version_statement(settings_.database)); !noted)
      return noted.err();
  ready_ = true;
  return {};
}

base::result<void> clickhouse_target::open() {
  return ready_ ? base::result<void>() : prepare();
}

base::result<std::vector<ports::target_position>> clickhouse_target::positions() {
  return std::vector<ports::target_position>{};
}

std::vector<ports::delivery_outcome> clickhouse_target::deliver(std::span<const ports::delivery> events,
                                                                base::timestamp now) {
  outcomes out(events);
  const auto nothing_written = [&](const ports::delivery_outcome& why) {
    outcomes none(events);
    none.set_from(0, why);
    return std::move(none).take();
  };
  if (auto ready = open(); !ready)
    return nothing_written(failed(ports::delivery_result::unreachable, ready.err().message));
  std::vector<prepared> all(events.size());
  rows fit;
  v1::CanonicalEvent event;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (out.skips(i))
      continue;
    if (!event.ParseFromString(events[i].event)) {
      out.set(i, failed(ports::delivery_result::unfit, not_an_event));
      continue;
    }
    all[i].index = i;
    append_row(events[i], event, now, all[i].row);
    all[i].key = std::to_string(events[i].partition.value) + "/" + std::to_string(events[i].offset.value) + ";";
    fit.push_back(&all[i]);
  }
  if (!write(fit, out))
    return nothing_written(stopped_by_);
  return std::move(out).take();
}

// Halves what ClickHouse refuses until what it refuses is alone; in order, for the sake of tickets.
bool clickhouse_target::write(const rows& events, outcomes& out) {
  rows tried;
  std::string body;
  std::string keys;
  for (const auto* e : events)
    if (!out.skips(e->index)) {
      tried.push_back(e);
      body += e->row;
      keys += e->key;
    }
  if (tried.empty())
    return true;
  auto parameters =
      "?query=" + percent_encoded("INSERT INTO " + settings_.database + ".fact_ticket_event FORMAT JSONEachRow");
  if (knows_tokens_)
    parameters += "&async_insert=0&insert_deduplication_token=" + base::to_hex(base::xxh3_128(keys));
  const auto exchange = say(parameters, body);
  const auto result = meaning_of(exchange.answer);
  if (result == ports::delivery_result::delivered)
    return true;
  if (result != ports::delivery_result::permanent) {
    stopped_by_ = exchange.outcome();
    stopped_by_.result = result;
    if (stopped_by_.reason.empty())
      stopped_by_.reason = reason_of(exchange.answer, exchange.mask);
    if (result == ports::delivery_result::throttled && !stopped_by_.retry_after)
      stopped_by_.retry_after = pause_when_busy;
    return false;
  }
  if (tried.size() == 1) {
    auto refused = exchange.outcome();
    refused.result = ports::delivery_result::permanent;
    out.set(tried.front()->index, std::move(refused));
    return true;
  }
  const auto middle = tried.begin() + static_cast<std::ptrdiff_t>(tried.size() / 2);
  return write({tried.begin(), middle}, out) && write({middle, tried.end()}, out);
}

void clickhouse_target::close() {
  http_.reset();
  ready_ = false;
}

} // namespace cxstream::connectors
