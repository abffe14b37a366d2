#include "config/load_sink.hpp"

#include "config/sink_kinds.hpp"
#include "config/suggest.hpp"
#include "model/filter.hpp"
#include "model/projection.hpp"
#include "model/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace cxstream::config {

namespace {

using namespace std::chrono_literals;
using texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::chrono::milliseconds a_day = std::chrono::hours{24};

enum class words : bool { open, closed };

// Events carry canonical words, so a filter for another spelling would never match.
void check_words(section& in, std::string_view key, model::vocabulary vocabulary, words are, const texts& values) {
  for (const auto& value : values) {
    const auto canonical = model::canonical_word(vocabulary, value);
    if (canonical == value)
      continue;
    if (!canonical.empty())
      in.wrong(key, "never matches \"" + value + "\", because events carry the canonical word; write \"" +
                        std::string(canonical) + "\"");
    else if (are == words::closed)
      in.wrong(key, "cannot be \"" + value + "\"; known are: " + std::string(model::canonical_words(vocabulary)));
  }
}

void read_filter(section in, v1::Filter& out) {
  const auto list = [&](std::string_view key, texts& into) {
    for (auto& value : in.texts(key))
      *into.Add() = std::move(value);
  };
  list("event_types", *out.mutable_event_types());
  list("source_systems", *out.mutable_source_systems());
  list("account_ids", *out.mutable_account_ids());
  list("statuses", *out.mutable_statuses());
  list("priorities", *out.mutable_priorities());
  list("sentiments", *out.mutable_sentiments());
  list("churn_risks", *out.mutable_churn_risks());
  list("canonical_tags", *out.mutable_canonical_tags());
  list("drivers", *out.mutable_drivers());
  bool exclude_late = false;
  in.flag("exclude_late", exclude_late);
  out.set_exclude_late(exclude_late);
  in.finish();
  using enum model::vocabulary;
  check_words(in, "statuses", status, words::open, out.statuses());
  check_words(in, "priorities", priority, words::open, out.priorities());
  check_words(in, "sentiments", sentiment, words::closed, out.sentiments());
  check_words(in, "churn_risks", churn_risk, words::closed, out.churn_risks());
}

// "ticket_id", or {source, name}, or {name, constant}.
void read_field(const YAML::Node& node, const std::string& path, reading in, v1::ProjectionField& out) {
  if (node.IsScalar()) {
    if (auto source = scalar_text(node, path, in))
      out.set_source(*std::move(source));
    return;
  }
  section field(node, path, in);
  field.text("source", *out.mutable_source());
  field.text("name", *out.mutable_name());
  if (field.has("constant"))
    field.text("constant", *out.mutable_constant());
  field.finish();
}

void read_projection(section& sink, reading in, v1::Projection& out) {
  const std::map<std::string, v1::ProjectionKind> named = {{"crm", v1::CRM}, {"bi", v1::BI}, {"ops", v1::OPS}};
  const auto node = sink.child("projection");
  out.set_kind(v1::BI);
  if (node.IsNull())
    return;
  if (node.IsScalar()) {
    const auto kind = scalar_text(node, sink.name("projection"), in);
    if (const auto found = named.find(kind.value_or("bi")); found != named.end())
      out.set_kind(found->second);
    else
      sink.wrong("projection", "cannot be \"" + *kind + "\"; write crm, bi or ops, or a mapping with the fields");
    return;
  }
  section custom(node, sink.name("projection"), in);
  const auto fields = custom.child("fields");
  custom.finish();
  out.set_kind(v1::CUSTOM);
  if (!fields.IsSequence() || fields.size() == 0) {
    sink.wrong("projection", "has no fields; list them, or write crm, bi or ops");
    return;
  }
  for (const auto& field : fields)
    read_field(field, custom.name("fields") + "[" + std::to_string(out.fields_size()) + "]", in, *out.add_fields());
}

void read_retry(section in, retry_config& out) {
  in.duration("backoff_initial", out.backoff_initial, {1ms, a_day});
  in.duration("backoff_max", out.backoff_max, {1ms, 30 * a_day});
  in.real("backoff_factor", out.backoff_factor, {1.0, 100.0});
  in.real("jitter", out.jitter, {0.0, 1.0});
  in.number("attempts_max", out.attempts_max, {1, 1'000'000});
  in.finish();
  if (out.backoff_max < out.backoff_initial)
    in.wrong("backoff_max", "is shorter than backoff_initial; make it at least as long");
}

void read_breaker(section in, breaker_config& out) {
  in.number("failures_to_open", out.failures_to_open, {1, 1'000'000});
  in.duration("open_initial", out.open_initial, {1ms, a_day});
  in.duration("open_max", out.open_max, {1ms, a_day});
  in.finish();
  if (out.open_max < out.open_initial)
    in.wrong("open_max", "is shorter than open_initial; make it at least as long");
}

void read_reconcile(section in, reconcile_config& out) {
  in.duration("every", out.every, {1s, 365 * a_day});
  in.flag("repair", out.repair);
  in.finish();
}

void read_allowance(section& sink, reading in, allowance_config& out) {
  section rate(sink.child("rate"), sink.name("rate"), in);
  rate.real("per_second", out.per_second, {0.0, 1'000'000.0});
  rate.real("burst", out.burst, {0.0, 10'000'000.0});
  rate.finish();
  if (out.burst > 0 && out.per_second <= 0)
    rate.wrong("burst", "means nothing without per_second");
  section budget(sink.child("budget"), sink.name("budget"), in);
  budget.number("calls_per_day", out.calls_per_day, {0, 10'000'000'000});
  budget.number("reset_hour", out.reset_hour, {0, 23});
  budget.finish();
  sink.number("concurrency_min", out.concurrency_min, {1, 1'024});
  sink.number("concurrency_max", out.concurrency_max, {0, 1'024});
  if (out.concurrency_max > 0 && out.concurrency_max < out.concurrency_min)
    sink.wrong("concurrency_max", "is smaller than concurrency_min; make it at least as large");
}

std::optional<sla_config> read_sla(section& sink, reading in) {
  if (!sink.has("sla"))
    return std::nullopt;
  static constexpr std::array<std::string_view, 2> starts{"occurred", "received"};
  sla_config out;
  section sla(sink.child("sla"), sink.name("sla"), in);
  sla.real("share", out.share, {0.0, 0.999'999});
  sla.duration("within", out.within, {1ms, a_day});
  sla.choice("of", out.of, starts);
  sla.duration("window", out.window, {std::chrono::hours{1}, 90 * std::chrono::hours{24}});
  sla.finish();
  return out;
}

void read_identity(section& sink, sink_config& out) {
  sink.identifier("name", out.name);
  sink.text("kind", out.kind);
  if (out.kind.empty())
    sink.wrong("kind", "is missing; write one of " + names_of_sink_kinds());
  else if (std::ranges::find(sink_kinds, out.kind) == sink_kinds.end())
    sink.wrong("kind", "cannot be \"" + out.kind + "\"" + suggestion(out.kind, sink_kinds));
}

// What is left belongs to the connector, unless it looks like a sink's own key mistyped.
void read_settings(section& sink, reading in, sink_config& out) {
  for (const auto& [key, line, value, taken] : sink.rest()) {
    const auto meant = closest(key, sink.known());
    if (!meant.empty() && edit_distance(key, meant) <= 2 && key.size() > 4) {
      sink.wrong(key, "is unknown; did you mean \"" + std::string(meant) + "\"?");
      continue;
    }
    if (auto text = scalar_text(value, sink.name(key), in)) {
      out.settings[key] = *std::move(text);
      out.setting_lines[key] = line;
    }
  }
}

template <class T>
void adopt_problem(section& sink, std::string_view key, const base::result<T>& compiled) {
  if (!compiled)
    sink.wrong(key, "is wrong: " + compiled.err().message);
}

} // namespace

sink_config read_sink(const YAML::Node& node, const std::string& path, reading in) {
  sink_config out;
  out.line = line_of(node);
  section sink(node, path, in);
  read_identity(sink, out);
  read_projection(sink, in, out.projection);
  read_filter(section(sink.child("filter"), sink.name("filter"), in), out.filter);
  read_retry(section(sink.child("retry"), sink.name("retry"), in), out.retry);
  out.sla = read_sla(sink, in);
  read_breaker(section(sink.child("breaker"), sink.name("breaker"), in), out.breaker);
  read_reconcile(section(sink.child("reconcile"), sink.name("reconcile"), in), out.reconcile);
  read_allowance(sink, in, out.allowance);
  if (sink.has("coalesce"))
    sink.flag("coalesce", out.coalesce.emplace(false));
  sink.number("in_flight_events_max", out.in_flight_events_max, {1, 1'000'000});
  sink.number("lanes_max", out.lanes_max, {1, 100'000'000});
  read_settings(sink, in, out);
  adopt_problem(sink, "filter", model::compile_filter(out.filter));
  if (out.projection.kind() != v1::CUSTOM || out.projection.fields_size() > 0)
    adopt_problem(sink, "projection", model::compile_projection(out.projection));
  return out;
}

} // namespace cxstream::config
