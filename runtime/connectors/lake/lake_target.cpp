#include "connectors/lake/lake_target.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace cxstream::connectors {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view name_begins = "events-";
constexpr std::string_view name_ends = ".ndjson";

std::optional<std::uint64_t> number_in(std::string_view name) {
  if (!name.starts_with(name_begins) || !name.ends_with(name_ends))
    return std::nullopt;
  const auto digits = name.substr(name_begins.size(), name.size() - name_begins.size() - name_ends.size());
  std::uint64_t out = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return failed == std::errc() && end == digits.data() + digits.size() ? std::optional(out) : std::nullopt;
}

} // namespace

lake_target::lake_target(lake_settings settings, event_body body, std::unique_ptr<object_store> store)
    : settings_(std::move(settings)), staging_(settings_.staging, std::move(body)), store_(std::move(store)) {
}

base::result<void> lake_target::open() {
  auto opened = staging_.open();
  open_ = static_cast<bool>(opened);
  return opened;
}

base::result<std::vector<ports::target_position>> lake_target::positions() {
  return staging_.positions();
}

std::vector<ports::delivery_outcome> lake_target::deliver(std::span<const ports::delivery> events,
                                                          base::timestamp now) {
  const auto unreachable = [&](const base::error& why) {
    outcomes out(events);
    out.set_from(0, failed(ports::delivery_result::unreachable, why.message));
    return std::move(out).take();
  };
  if (auto ready = open_ ? base::result<void>() : open(); !ready)
    return unreachable(ready.err());
  if (auto aged = finish_when_old(now); !aged)
    return unreachable(aged.err());
  if (now >= try_again_at_ || finished().size() > settings_.unpublished_max)
    if (auto published = publish_finished(); !published) {
      try_again_at_ = now + settings_.retry_every;
      if (finished().size() > settings_.unpublished_max)
        return unreachable(published.err());
    }
  auto out = staging_.deliver(events, now);
  if (!segment_since_ && staging_.segment_bytes() > 0)
    segment_since_ = now;
  return out;
}

void lake_target::close() {
  if (open_ && staging_.finish_segment())
    (void)publish_finished();
  staging_.close();
  open_ = false;
}

base::result<void> lake_target::finish_when_old(base::timestamp now) {
  if (staging_.segment_bytes() == 0)
    segment_since_.reset();
  else if (!segment_since_)
    segment_since_ = now; // of an earlier process: it is counted from now on
  if (!segment_since_ || now - *segment_since_ < settings_.rotate_every)
    return {};
  segment_since_.reset();
  return staging_.finish_segment();
}

// In order of their numbers.
std::vector<std::uint64_t> lake_target::finished() const {
  std::vector<std::uint64_t> out;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(settings_.staging.path, unreadable))
    if (const auto number = number_in(entry.path().filename().string()); number && *number < staging_.segment())
      out.push_back(*number);
  std::sort(out.begin(), out.end());
  return out;
}

base::result<void> lake_target::publish_finished() {
  for (const auto segment : finished())
    if (auto published = publish(segment); !published)
      return published;
  return {};
}

base::result<void> lake_target::publish(std::uint64_t segment) {
  const fs::path path = settings_.staging.path + "/" + file_target::segment_name(segment);
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in)
    return base::error{base::error_code::unavailable, "cannot read " + path.string()};
  const auto name = path.stem().string();
  const auto file = "data/" + name + settings_.shape.extension();
  auto part = part_of(bytes.view(), settings_.shape, file);
  if (!part)
    return base::error{base::error_code::unavailable, path.string() + ": " + part.err().message};
  if (auto put = store_->put(file, part->bytes, settings_.shape.content_type()); !put)
    return put;
  if (auto put = store_->put("manifest/" + name + ".json", part->manifest, "application/json"); !put)
    return put;
  std::error_code still_there; // is published again, to the same end
  fs::remove(path, still_there);
  return {};
}

} // namespace cxstream::connectors
