// Records as requests of HubSpot's CRM API. Pure.
//
// By a unique property: POST /crm/v3/objects/<object>/batch/upsert; by record id (id_property: hs_object_id):
// batch/update. Every input carries a trace id, its place in the request, by which an error in the answer names it.
#pragma once

#include "connectors/crm/record.hpp"
#include "connectors/http/http_call.hpp"

#include <span>
#include <string>
#include <string_view>

namespace cxstream::connectors::hubspot {

constexpr std::size_t batch_records_max = 100;

// What records are upserted into.
struct shape {
  std::string url = "https://api.hubapi.com"; // without a slash at the end
  std::string object = "tickets";
  std::string id_property = "cx_ticket_id"; // a property with unique values, or hs_object_id

  bool by_record_id() const {
    return id_property == "hs_object_id";
  }
};

// Precondition: 1 to batch_records_max records, no two of one key.
http_request upsert_request(const shape& of, std::string_view token, std::span<const crm_record> records);

// HubSpot's names of properties are lower case with underscores: "Churn Risk" is churn_risk.
std::string property_name(std::string_view text);

} // namespace cxstream::connectors::hubspot
