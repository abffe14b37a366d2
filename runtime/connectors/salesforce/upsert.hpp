// Records as requests of Salesforce's REST API. Pure.
//
// By external id: PATCH /services/data/<version>/composite/sobjects/<object>/<field>, also for one record: the id
// travels in the body, because Salesforce takes an id in the URL that ends like a host name (".inc") for something
// else. By record id (external_id: Id): PATCH /composite/sobjects, and for one record PATCH /sobjects/<object>/<id>,
// whose body must not name the id.
#pragma once

#include "connectors/crm/record.hpp"
#include "connectors/http/http_call.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace cxstream::connectors::salesforce {

constexpr std::size_t collection_records_max = 200;

// What records are upserted into.
struct shape {
  std::string object = "Case";
  std::string external_id = "cx_ticket_id__c"; // an External ID field, or "Id"
  std::string api_version = "v65.0";

  bool by_record_id() const {
    return external_id == "Id";
  }
};

// A token and where it is good.
struct session {
  std::string access_token;
  std::string instance_url; // https://…, without a slash at the end
};

// "https://…/services/data/v65.0" + path.
std::string data_url(const session& at, const shape& of, std::string_view path);
http_headers headers_of(const session& at);

enum class request_kind : std::uint8_t { collection, row };
request_kind kind_of(const shape& of, std::span<const crm_record> records);

// Precondition: 1 to collection_records_max records.
http_request upsert_request(const session& at, const shape& of, std::span<const crm_record> records);

} // namespace cxstream::connectors::salesforce
