#include "sources/mapping/payload_mapper.hpp"

#include "sources/csv/csv_source.hpp"
#include "sources/mapping/canonical_records.hpp"
#include "sources/mapping/event_check.hpp"
#include "sources/xml/xml_source.hpp"

#include <mutex>

namespace cxstream::sources {

namespace {

std::unique_ptr<record_source> make_source(const mapping& rules) {
  switch (rules.format) {
    case file_format::csv:
      return std::make_unique<csv_source>(rules.csv, rules.selector_texts());
    case file_format::json:
      return std::make_unique<json_source>(*rules.json, rules.each, json_source::layout::document);
    case file_format::ndjson:
      return std::make_unique<json_source>(*rules.json, rules.each, json_source::layout::lines);
    case file_format::xml:
    case file_format::xes:
      return std::make_unique<xml_source>(rules.selector_texts(), rules.each,
                                          rules.format == file_format::xes ? xml_source::records_of::xes_log
                                                                           : xml_source::records_of::document);
    case file_format::canonical:
      break;
  }
  return nullptr;
}

constexpr const char* nothing_to_split = "'each' finds no record in the payload";

} // namespace

// What maps one payload at a time.
struct mapping_bench {
  explicit mapping_bench(const model::validation_limits& limits) : check(limits) {
  }
  std::unique_ptr<record_source> source; // null for canonical payloads
  mapped_record mapped;
  event_check check;
  std::string bytes;
};

struct payload_mapper::pool {
  pool(mapping r, const model::validation_limits& l) : rules(std::move(r)), limits(l) {
  }

  std::unique_ptr<mapping_bench> take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        auto bench = std::move(idle.back());
        idle.pop_back();
        return bench;
      }
    }
    auto bench = std::make_unique<mapping_bench>(limits);
    bench->source = make_source(rules);
    return bench;
  }
  void give_back(std::unique_ptr<mapping_bench> bench) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(bench));
  }

  const mapping rules;
  const model::validation_limits limits;
  std::mutex mutex;
  std::vector<std::unique_ptr<mapping_bench>> idle; // as many as threads ever mapped at one moment
};

namespace {

// Goes over the records of one payload; what becomes of each is handed to `taker`.
template <class Taker>
class payload_walk {
public:
  payload_walk(const mapping& rules, mapping_bench& bench, base::timestamp now, Taker& taker)
      : rules_(rules), bench_(bench), mapped_(bench.mapped), now_(now), taker_(taker), mapper_(rules, now) {
  }

  void go(const ports::payload& from) {
    if (!bench_.source) {
      go_canonical(from.body);
      return;
    }
    auto& source = *bench_.source;
    if (const auto opened = source.open(from.body, from.headers); !opened) {
      fault(opened.err(), {}, 0);
      return;
    }
    record_or_fault found;
    bool is_empty = true;
    for (; source.next(found); is_empty = false) {
      if (found.values == nullptr && drops_whole())
        continue;
      if (found.values == nullptr) {
        fault(found.fault, std::move(found.raw), found.line);
        continue;
      }
      mapper_.map(*found.values, mapped_);
      check();
      taker_.take(mapped_, found.values, bench_.bytes, source.is_one_record() ? whole_payload : one_of_many);
    }
    if (is_empty && rules_.each && !drops_whole()) {
      mapped_.clear();
      mapped_.dropped = nothing_to_split;
      taker_.take(mapped_, nullptr, bench_.bytes, whole_payload);
    }
  }

  static constexpr bool whole_payload = true;
  static constexpr bool one_of_many = false;

private:
  // A payload that is not split, because it is of another kind, may be one that is to be dropped.
  bool drops_whole() {
    auto* whole = bench_.source->whole();
    mapped_.clear();
    if (whole == nullptr || !drop_record(rules_, *whole, mapped_) || !mapped_.dropped)
      return false;
    taker_.take(mapped_, whole, bench_.bytes, whole_payload);
    return true;
  }

  void fault(const base::error& why, std::string raw, std::size_t line) {
    mapped_.clear();
    const auto is_format = why.code == base::error_code::malformed;
    const auto place = line == 0 ? std::string() : "line " + std::to_string(line) + ": ";
    mapped_.refused = row_reject{is_format ? v1::BAD_FORMAT : v1::BAD_MAPPING, is_format || !rules_.each ? "" : "each",
                                 place + why.message};
    taker_.take_fault(mapped_, std::move(raw));
  }

  void go_canonical(std::string_view body) {
    for (auto& json : canonical_records(body)) {
      read_canonical(json, mapped_);
      if (mapped_.refused)
        mapped_.refused->reason = v1::BAD_FORMAT;
      check();
      if (mapped_.refused)
        taker_.take_fault(mapped_, std::move(json));
      else
        taker_.take(mapped_, nullptr, bench_.bytes, one_of_many);
    }
  }

  // What the node would refuse is refused here, with the record; leaves the event's bytes.
  void check() {
    if (mapped_.dropped)
      return;
    if (!mapped_.refused) {
      bench_.bytes.clear();
      mapped_.event.SerializeToString(&bench_.bytes);
      if (const auto why = bench_.check(bench_.bytes, now_))
        mapped_.refused = row_reject{why->reason, why->field_path, why->message};
    }
    auto& refused = mapped_.refused;
    if (refused && refused->reason != v1::TOO_LARGE && refused->reason != v1::BAD_FORMAT)
      refused->reason = v1::BAD_MAPPING;
  }

  const mapping& rules_;
  mapping_bench& bench_;
  mapped_record& mapped_;
  base::timestamp now_;
  Taker& taker_;
  record_mapper mapper_;
};

struct into_payload {
  ports::read_payload& out;
  bool records_stand_alone; // a line can be mapped again by itself; a row wants its header, a part its whole

  void take(mapped_record& mapped, record* from, const std::string& bytes, bool is_whole) {
    if (mapped.dropped)
      out.dropped.push_back(*std::move(mapped.dropped));
    else if (mapped.refused)
      refuse(*mapped.refused, is_whole || from == nullptr ? std::string() : from->raw());
    else
      out.events.push_back(bytes);
  }
  void take_fault(mapped_record& mapped, std::string raw) {
    refuse(*mapped.refused, std::move(raw));
  }
  void refuse(row_reject& why, std::string raw) {
    if (!records_stand_alone)
      raw.clear();
    out.refused.push_back({why.reason, std::move(why.field_path), std::move(why.message), std::move(raw)});
  }
};

struct into_stories {
  const mapping& rules;
  std::vector<record_story>& out;

  void take(mapped_record& mapped, record* from, const std::string&, bool is_whole) {
    record_story story;
    story.outcome = mapped;
    if (from != nullptr && !is_whole)
      story.raw = from->raw();
    if (from != nullptr && !mapped.dropped)
      story.fields = explain_fields(rules, *from, mapped.event);
    out.push_back(std::move(story));
  }
  void take_fault(mapped_record& mapped, std::string raw) {
    out.push_back({mapped, std::move(raw), {}});
  }
};

} // namespace

payload_mapper::payload_mapper(std::unique_ptr<pool> p) : pool_(std::move(p)) {
}

payload_mapper::payload_mapper(payload_mapper&&) noexcept = default;
payload_mapper& payload_mapper::operator=(payload_mapper&&) noexcept = default;
payload_mapper::~payload_mapper() = default;

base::result<payload_mapper> payload_mapper::make(mapping rules, const model::validation_limits& limits) {
  payload_mapper out(std::make_unique<pool>(std::move(rules), limits));
  out.pool_->give_back(out.pool_->take()); // the first payload does not wait for jq to compile
  return out;
}

const mapping& payload_mapper::rules() const {
  return pool_->rules;
}

ports::read_payload payload_mapper::map(const ports::payload& from, base::timestamp now) const {
  ports::read_payload out;
  const auto& rules = pool_->rules;
  into_payload taker{out,
                     !rules.each && (rules.format == file_format::ndjson || rules.format == file_format::canonical)};
  auto bench = pool_->take();
  payload_walk(rules, *bench, now, taker).go(from);
  pool_->give_back(std::move(bench));
  return out;
}

std::vector<record_story> payload_mapper::explain(const ports::payload& from, base::timestamp now) const {
  std::vector<record_story> out;
  into_stories taker{pool_->rules, out};
  auto bench = pool_->take();
  payload_walk(pool_->rules, *bench, now, taker).go(from);
  pool_->give_back(std::move(bench));
  return out;
}

} // namespace cxstream::sources
