#include "connectors/slack/slack_channel.hpp"

#include "connectors/encoding/json_text.hpp"

#include <array>

namespace cxstream::connectors {

namespace {

// The path of the URL is what must not be seen: https://hooks.slack.com/services/T…/B…/…
std::string path_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto path = scheme == url.npos ? url.npos : url.find('/', scheme + 3);
  return path == url.npos ? url : url.substr(path);
}

} // namespace

std::string slack_body(const ops_message& message) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  key(json, "text");
  text(json, message.text);
  key(json, "unfurl_links"); // the link leads to a customer's conversation: no preview of it
  json.Bool(false);
  key(json, "unfurl_media");
  json.Bool(false);
  json.EndObject();
  return std::string(view(out));
}

ports::delivery_outcome slack_outcome(const http_exchange& said) {
  auto out = said.outcome();
  const auto status = said.answer.status;
  if (said.answer.end == call_end::answered && (status == 401 || status == 403 || status == 404 || status == 410)) {
    out.result = ports::delivery_result::unreachable;
    out.reason += " (the webhook or its channel is gone; make a new one and put it into the sink's url)";
  }
  return out;
}

slack_channel::slack_channel(slack_settings settings) : settings_(std::move(settings)) {
}

ports::delivery_outcome slack_channel::say(const ops_message& message, base::timestamp) {
  if (!http_)
    http_ = std::make_unique<http_client>(settings_.http);
  const std::array secrets{&settings_.url};
  auto said = send_authorized(*http_, secrets, [&](std::span<const std::string> values) -> base::result<http_request> {
    if (auto checked = check_url(values[0]); !checked)
      return base::error{base::error_code::invalid_argument, "the sink's url is not an http or https URL"};
    return http_request{"POST", values[0], {{"Content-Type", "application/json; charset=utf-8"}}, slack_body(message)};
  });
  said.mask.add(path_of(said.request.url));
  return slack_outcome(said);
}

void slack_channel::close() {
  http_.reset();
}

} // namespace cxstream::connectors
