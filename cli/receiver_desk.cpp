#include "receiver_desk.hpp"

#include "base/rfc3339.hpp"
#include "connectors/encoding/json_member.hpp"
#include "connectors/encoding/json_text.hpp"

namespace cxstream::cli {

namespace {

using connectors::json_buffer;
using connectors::json_writer;
using connectors::key;
using connectors::text;
using connectors::view;

} // namespace

receiver_desk::receiver_desk(receiver_options options, std::optional<connectors::signer> signature)
    : options_(std::move(options)), signature_(std::move(signature)), random_(options_.seed) {
  if (!options_.log_file.empty())
    log_.open(options_.log_file, std::ios::app);
}

bool receiver_desk::draws_slow() {
  const std::lock_guard lock(mutex_);
  if (!draws(options_.slow_rate))
    return false;
  ++counts_.slowed;
  return true;
}

receiver_answer receiver_desk::take(const connectors::signed_headers& headers, std::string_view body,
                                    std::int64_t now_us) {
  const std::lock_guard lock(mutex_);
  ++counts_.requests;
  auto answer = judge(headers, body, now_us);
  if (answer.status == 429)
    ++counts_.throttled;
  else if (answer.status >= 500)
    ++counts_.failed;
  else if (answer.status >= 400)
    ++counts_.refused;
  return answer;
}

receiver_answer receiver_desk::judge(const connectors::signed_headers& headers, std::string_view body,
                                     std::int64_t now_us) {
  if (signature_)
    if (auto verified = signature_->verify(headers, body, now_us / 1'000'000); !verified)
      return {401, verified.err().message};
  const auto events = parse(body);
  if (!events)
    return {400, "the body is not a delivery"};
  for (const auto& e : *events) {
    if (options_.poison_permanent.contains(e.ticket_id))
      return {400, "ticket " + e.ticket_id + " is never taken"};
    if (options_.poison_tickets.contains(e.ticket_id))
      return {500, "ticket " + e.ticket_id + " fails always"};
  }
  if (draws(options_.throttle_rate))
    return {429, "slow down", true};
  if (draws(options_.fail_rate))
    return {draws(0.5) ? 500 : 503, "out of order for a moment"};
  return accept(headers.id, *events, now_us);
}

receiver_answer receiver_desk::accept(const std::string& id, const std::vector<event>& events, std::int64_t now_us) {
  if (!id.empty()) {
    if (!ids_.insert(id).second) {
      ++counts_.repeats;
      return {200, "known"};
    }
    ids_in_order_.push_back(id);
    if (ids_in_order_.size() > ids_max) {
      ids_.erase(ids_in_order_.front());
      ids_in_order_.pop_front();
    }
  }
  ++counts_.deliveries;
  counts_.events += events.size();
  if (!log_.is_open())
    return {200, "taken"};
  json_buffer lines;
  for (const auto& e : events) {
    json_writer json(lines);
    json.StartObject();
    key(json, "ticket_id");
    text(json, e.ticket_id);
    key(json, "ticket_sequence");
    json.Uint64(e.ticket_sequence);
    key(json, "idempotency_key");
    text(json, e.idempotency_key);
    key(json, "received_at");
    text(json, base::format_rfc3339(base::from_us(now_us)));
    json.EndObject();
    lines.Put('\n');
  }
  log_ << view(lines) << std::flush;
  return {200, "taken"};
}

// The events of a body: one, or a batch of them.
std::optional<std::vector<receiver_desk::event>> receiver_desk::parse(std::string_view body) {
  rapidjson::Document json;
  json.Parse(body.data(), body.size());
  if (json.HasParseError() || !json.IsObject() || !json.HasMember("data"))
    return std::nullopt;
  std::vector<event> out;
  const auto add = [&](const rapidjson::Value& data) {
    if (!data.IsObject())
      return false;
    const auto sequence = data.FindMember("ticket_sequence");
    const bool numbered = sequence != data.MemberEnd() && sequence->value.IsUint64();
    out.push_back({std::string(connectors::text_at(data, "ticket_id")), numbered ? sequence->value.GetUint64() : 0,
                   std::string(connectors::text_at(data, "idempotency_key"))});
    return true;
  };
  const auto& data = json["data"];
  if (!data.IsArray())
    return add(data) ? std::optional(std::move(out)) : std::nullopt;
  for (const auto& one : data.GetArray())
    if (!add(one))
      return std::nullopt;
  return out;
}

std::string receiver_desk::stats() const {
  const std::lock_guard lock(mutex_);
  json_buffer out;
  json_writer json(out);
  const auto count = [&](std::string_view name, std::uint64_t value) {
    key(json, name);
    json.Uint64(value);
  };
  json.StartObject();
  count("requests", counts_.requests);
  count("deliveries", counts_.deliveries);
  count("events", counts_.events);
  count("repeats", counts_.repeats);
  count("failed", counts_.failed);
  count("throttled", counts_.throttled);
  count("refused", counts_.refused);
  count("slowed", counts_.slowed);
  json.EndObject();
  return std::string(view(out));
}

bool receiver_desk::log_is_good() const {
  const std::lock_guard lock(mutex_);
  return options_.log_file.empty() || (log_.is_open() && log_.good());
}

bool receiver_desk::draws(double share) {
  return share > 0 && std::uniform_real_distribution<>(0, 1)(random_) < share;
}

} // namespace cxstream::cli
