#include "sources/synthetic/synthetic_stream.hpp"

#include "cxstream/v1/event.pb.h"
#include "google/protobuf/io/coded_stream.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace cxstream::sources {

namespace {

using google::protobuf::io::CodedOutputStream;
using event = v1::CanonicalEvent;

constexpr std::size_t template_count = 64;
constexpr std::size_t recent_count = 256;

template <std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& words, std::uint64_t random) {
  return words[random % N];
}

constexpr std::array<std::string_view, 6> statuses = {"new", "open", "pending", "open", "solved", "closed"};
constexpr std::array<std::string_view, 4> priorities = {"low", "normal", "high", "urgent"};
constexpr std::array<std::string_view, 5> channels = {"email", "chat", "phone", "web", "social"};
constexpr std::array<std::string_view, 5> sentiments = {"very_negative", "negative", "neutral", "positive",
                                                        "very_positive"};
constexpr std::array<std::string_view, 4> levels = {"low", "medium", "high", "very_high"};
constexpr std::array<std::string_view, 8> tags = {"billing/refund",   "billing/double_charge", "login/password",
                                                  "login/two_factor", "shipping/lost",         "shipping/late",
                                                  "product/defect",   "product/how_to"};

// One event's bytes, appended field by field.
class field_writer {
public:
  explicit field_writer(std::string& out) : out_(out) {
  }

  void text(int field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    out_.append(value);
  }
  void number(int field, std::uint64_t value) {
    tag(field, 0);
    varint(value);
  }

private:
  void tag(int field, std::uint32_t wire_type) {
    varint(static_cast<std::uint32_t>(field) << 3u | wire_type);
  }
  void varint(std::uint64_t value) {
    std::uint8_t bytes[10];
    const auto* end = CodedOutputStream::WriteVarint64ToArray(value, bytes);
    out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(end - bytes));
  }

  std::string& out_;
};

// A text with a number of fixed width at its end.
class numbered_text {
public:
  template <std::size_t N>
  numbered_text(const char (&prefix)[N], std::uint64_t number, int width, int base = 10) {
    std::memcpy(text_, prefix, N - 1);
    size_ = N - 1;
    char digits[20];
    const auto* end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
    for (auto missing = width - static_cast<int>(end - digits); missing > 0; --missing)
      text_[size_++] = '0';
    std::memcpy(text_ + size_, digits, static_cast<std::size_t>(end - digits));
    size_ += static_cast<std::size_t>(end - digits);
  }
  std::string_view view() const {
    return {text_, size_};
  }

private:
  char text_[64];
  std::size_t size_ = 0;
};

std::uint64_t share_of_2_32(double share) {
  return static_cast<std::uint64_t>(std::clamp(share, 0.0, 1.0) * 4'294'967'296.0);
}

// Tickets of a plan that belong to its stream; at least one.
std::uint32_t own_tickets(const synthetic_plan& plan) {
  return std::max(1u, plan.tickets / std::max(1u, plan.streams) +
                          (plan.stream < plan.tickets % std::max(1u, plan.streams) ? 1u : 0u));
}

} // namespace

synthetic_stream::synthetic_stream(const synthetic_plan& plan)
    : plan_(plan), random_(plan.seed * 0x9E3779B97F4A7C15u + plan.stream), tickets_(own_tickets(plan), plan.zipf_s),
      duplicates_(share_of_2_32(plan.duplicates)), disorder_(share_of_2_32(plan.disorder)),
      late_(share_of_2_32(plan.late)), bad_(share_of_2_32(plan.bad)), versions_(own_tickets(plan)),
      ticket_prefix_("SYN" + std::to_string(plan.seed) + "-") {
  make_templates();
  recent_.reserve(recent_count);
}

void synthetic_stream::make_templates() {
  for (std::size_t i = 0; i < template_count; ++i) {
    event fields;
    const auto tag = pick(tags, random_());
    fields.set_source_system("synthetic");
    fields.set_schema_version("1");
    fields.set_event_type(i % 4 == 0 ? "ticket.signal" : "ticket.updated");
    fields.set_priority(std::string(pick(priorities, random_())));
    fields.set_channel(std::string(pick(channels, random_())));
    fields.set_agent_id("agent-" + std::to_string(random_() % 200));
    fields.add_raw_tags(std::string(tag));
    if (i % 4 == 0) {
      fields.mutable_sentiment()->set_label(std::string(pick(sentiments, random_())));
      fields.mutable_sentiment()->set_score(static_cast<double>(random_() % 200) / 100.0 - 1.0);
      fields.mutable_churn_risk()->set_label(std::string(pick(levels, random_())));
      fields.mutable_effort()->set_label(std::string(pick(levels, random_())));
      (*fields.mutable_custom_metrics())["handle_time_s"] = static_cast<double>(random_() % 3'600);
    }
    templates_.push_back(fields.SerializeAsString());
  }
  std::string probe;
  write_event(0, base::from_us(1'700'000'000'000'000), probe);
  versions_[0] = 0;
  number_ = 0;
  if (plan_.event_bytes > probe.size())
    padding_.assign(plan_.event_bytes - probe.size(), 'x');
}

std::string_view synthetic_stream::next(base::timestamp at) {
  ++counts_.events;
  if (holding_) {
    holding_ = false;
    ++counts_.disordered;
    return held_;
  }
  if (!recent_.empty() && chance(duplicates_)) {
    ++counts_.duplicates;
    return recent_[random_() % recent_.size()];
  }
  const auto ticket = tickets_.draw(random_());
  if (chance(late_)) {
    ++counts_.late;
    at -= std::chrono::minutes(60 + random_() % 4'320);
  } else if (chance(disorder_)) {
    write_event(ticket, at, held_);
    at += std::chrono::milliseconds(1);
    holding_ = true;
  }
  write_event(ticket, at, event_);
  if (chance(bad_)) {
    ++counts_.bad;
    spoil(event_);
  } else if (recent_.size() < recent_count) {
    recent_.push_back(event_);
  } else if (number_ % 16 == 0) {
    recent_[random_() % recent_count] = event_;
  }
  return event_;
}

void synthetic_stream::write_event(std::uint32_t ticket, base::timestamp at, std::string& out) {
  const auto random = random_();
  const auto version = ++versions_[ticket];
  const auto id = static_cast<std::uint64_t>(ticket) * plan_.streams + plan_.stream;
  out.assign(templates_[random % template_count]);
  field_writer fields(out);
  const auto ticket_id = ticket_prefix_ + std::string(numbered_text("", id, 8).view());
  fields.text(event::kTicketIdFieldNumber, ticket_id);
  fields.text(event::kAccountIdFieldNumber, numbered_text("acct-", id % 2'000, 5).view());
  fields.text(event::kCustomerIdFieldNumber, numbered_text("cust-", id % 9'973, 5).view());
  fields.number(event::kVersionFieldNumber, version);
  fields.text(event::kStatusFieldNumber, statuses[(version - 1) % statuses.size()]);
  numbered_text key("", plan_.seed & 0xffff'ffffu, 8, 16);
  std::string key_text(key.view());
  key_text += numbered_text("-", plan_.stream, 2, 16).view();
  key_text += numbered_text("-", ++number_, 10, 16).view();
  fields.text(event::kIdempotencyKeyFieldNumber, key_text);

  std::string when;
  field_writer time(when);
  const auto us = base::to_us(at);
  time.number(google::protobuf::Timestamp::kSecondsFieldNumber, static_cast<std::uint64_t>(us / 1'000'000));
  time.number(google::protobuf::Timestamp::kNanosFieldNumber, static_cast<std::uint64_t>(us % 1'000'000 * 1'000));
  fields.text(event::kOccurredAtFieldNumber, when);

  constexpr std::string_view url = "https://desk.example/t/";
  std::string evidence;
  evidence.reserve(url.size() + ticket_id.size() + 1 + padding_.size());
  evidence.append(url).append(ticket_id);
  if (!padding_.empty())
    evidence.append("?").append(padding_, 0, padding_.size() - 1);
  fields.text(event::kEvidenceUrlFieldNumber, evidence);
}

// The last value of a field counts, so that appending one breaks it.
void synthetic_stream::spoil(std::string& bytes) {
  field_writer fields(bytes);
  switch (random_() % 7) {
    case 0:
      return fields.text(event::kTicketIdFieldNumber, "");
    case 1:
      return fields.text(event::kEvidenceUrlFieldNumber, "not a link");
    case 2:
      return fields.text(event::kStatusFieldNumber, "\xff\xfe broken text");
    case 3: { // a score of 1e9
      constexpr char score[] = {0x11, 0x00, 0x00, 0x00, 0x00, 0x65, '\xcd', '\xcd', 0x41};
      return fields.text(event::kSentimentFieldNumber, std::string_view(score, sizeof score));
    }
    case 4: { // 1 January 1970
      constexpr char zero_seconds[] = {0x08, 0x00};
      return fields.text(event::kOccurredAtFieldNumber, std::string_view(zero_seconds, sizeof zero_seconds));
    }
    case 5:
      return fields.text(event::kEventTypeFieldNumber, "");
    default:
      bytes += "\x0a\x7f"; // a text of 127 bytes that are not there
  }
}

} // namespace cxstream::sources
