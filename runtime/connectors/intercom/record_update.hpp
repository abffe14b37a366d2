// Records as updates of Intercom's conversations or tickets. Pure.
//
// Intercom: PUT /conversations/<id> with custom_attributes, or PUT /tickets/<id> with ticket_attributes; the answer is
// the whole of it, with its tags. Tags have ids of their own (POST /tags finds or makes one by name) and are attached
// by POST /<object>/<id>/tags and detached by DELETE /<object>/<id>/tags/<tag>, on behalf of an admin.
#pragma once

#include "connectors/crm/record.hpp"
#include "connectors/http/http_call.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cxstream::connectors::intercom {

enum class object_kind : std::uint8_t { conversation, ticket };

struct shape {
  std::string url = "https://api.intercom.io"; // without a slash at the end
  object_kind object = object_kind::conversation;
  std::string api_version = "2.11";
};

// Intercom's ids are whole numbers.
bool is_id(std::string_view text);

http_request update_request(const shape& of, std::string_view token, const crm_record& record);
// Finds or makes the tag of that name.
http_request tag_by_name_request(const shape& of, std::string_view token, std::string_view name);
http_request attach_request(const shape& of, std::string_view token, std::string_view id, std::string_view tag_id,
                            std::string_view admin_id);
http_request detach_request(const shape& of, std::string_view token, std::string_view id, std::string_view tag_id,
                            std::string_view admin_id);

// Ids of tags by their names, of what an update answered; nothing when there is no list of tags in it.
std::optional<std::map<std::string, std::string>> tags_in(const http_answer& answer);
// "id" of an answer; empty when it has none.
std::string id_in(const http_answer& answer);

} // namespace cxstream::connectors::intercom
