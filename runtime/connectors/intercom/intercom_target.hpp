// The Intercom sink: attributes and tags back on the conversation or ticket that the events are about. Owned by one
// worker thread.
//
// Invariants:
//  1. A conversation or ticket that is not there is never made.
//  2. An event is delivered when its attributes and its tags are there; a repeat changes nothing.
#pragma once

#include "connectors/crm/single_write.hpp"
#include "connectors/intercom/record_update.hpp"

#include <map>
#include <memory>
#include <string>

namespace cxstream::connectors::intercom {

struct target_settings {
  http_settings http;
  security::secret access_token;
  shape into;
  signal_tags tags;
  std::string admin_id; // on whose behalf tags are set
  std::size_t concurrency = 4;
};

class target final : public ports::target {
public:
  target(target_settings settings, record_maker maker);

  // Never fails: whether Intercom is there shows in the first delivery.
  base::result<void> open() override;
  base::result<std::vector<ports::target_position>> positions() override;
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override;
  void close() override;

private:
  using maker_of_request = std::function<http_request(std::string_view token)>;

  ports::delivery_outcome write(const ports::delivery& delivery);
  ports::delivery_outcome attach(const std::string& id, const std::string& tag);
  http_exchange call(const maker_of_request& make);
  ports::delivery_outcome outcome_of_call(const http_exchange& said) const;

  target_settings settings_;
  record_maker maker_;
  std::unique_ptr<http_client> http_;
  base::timestamp now_{};                      // of the call
  std::map<std::string, std::string> tag_ids_; // by name; as many as there are labels
};

} // namespace cxstream::connectors::intercom
