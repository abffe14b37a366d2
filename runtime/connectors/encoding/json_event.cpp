#include "connectors/encoding/json_event.hpp"

#include "connectors/encoding/json_value.hpp"
#include "model/revision.hpp"

#include <algorithm>

namespace cxstream::connectors {

namespace {

constexpr std::string_view replay_mark = "replayed";

} // namespace

json_event::json_event(const model::compiled_projection& projection) {
  for (const auto& field : projection.fields()) {
    const auto dot = field.name.find('.');
    output o{field, {}, field.name};
    if (dot != std::string::npos) {
      o.parent = field.name.substr(0, dot);
      o.leaf = field.name.substr(dot + 1);
    }
    const auto sibling = std::find_if(outputs_.rbegin(), outputs_.rend(), [&](const output& other) {
      return !o.parent.empty() && other.parent == o.parent;
    });
    outputs_.insert(sibling == outputs_.rend() ? outputs_.end() : sibling.base(), std::move(o));
  }
  marks_replays_ = std::ranges::none_of(outputs_, [](const output& o) { return o.field.name == replay_mark; });
}

bool json_event::append(const ports::delivery& delivery, base::timestamp delivered_at, std::string& out) {
  if (!event_.ParseFromString(delivery.event))
    return false;
  model::set_us(*event_.mutable_pipeline()->mutable_delivered_at(), base::to_us(delivered_at));
  text_.Clear();
  json_writer json(text_);
  json.StartObject();
  std::string_view open; // the object being written
  for (const auto& o : outputs_) {
    const auto value = model::compiled_projection::value(event_, o.field);
    if (std::holds_alternative<std::monostate>(value))
      continue;
    if (o.parent != open) {
      if (!open.empty())
        json.EndObject();
      if (open = o.parent; !open.empty()) {
        key(json, open);
        json.StartObject();
      }
    }
    key(json, o.leaf);
    write_value(json, value);
  }
  if (!open.empty())
    json.EndObject();
  if (marks_replays_ && event_.pipeline().replayed()) {
    key(json, replay_mark);
    json.Bool(true);
  }
  json.EndObject();
  out += view(text_);
  return true;
}

} // namespace cxstream::connectors
