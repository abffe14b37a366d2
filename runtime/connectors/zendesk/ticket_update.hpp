// Records as updates of Zendesk tickets. Pure.
//
// Zendesk: PUT /api/v2/tickets/<id>.json, answered with the ticket as it is now, its tags among it; tags are added by
// PUT and taken off by DELETE /api/v2/tickets/<id>/tags.json, which leaves the other tags alone.
#pragma once

#include "connectors/crm/record.hpp"
#include "connectors/http/http_call.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace cxstream::connectors::zendesk {

// Zendesk's ids of tickets and fields are whole numbers.
bool is_id(std::string_view text);
// Fields of the ticket itself that may be written; everything else is a custom field and named by its id.
bool is_ticket_field(std::string_view name);

// `authorization`: value of the header. Precondition: the record's key is an id.
http_request update_request(std::string_view url, std::string_view authorization, const crm_record& record);
enum class tag_step : std::uint8_t { add, remove };
http_request tag_request(std::string_view url, std::string_view authorization, std::string_view ticket, tag_step step,
                         std::span<const std::string> tags);

// Tags of the ticket in the answer to an update; nothing when it has none in it.
std::optional<std::set<std::string, std::less<>>> tags_in(const http_answer& answer);

// "Basic …" of an API token, by base64.
std::string basic_authorization(std::string_view email, std::string_view api_token);

} // namespace cxstream::connectors::zendesk
