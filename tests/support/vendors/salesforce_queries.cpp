#include "support/vendors/salesforce_org.hpp"

namespace cxstream::support {

using nlohmann::json;

// SELECT … WHERE key != null [AND time >= a AND time < b], or WHERE key IN ('…', …); what is asked for is left to the
// reader.
scripted_reply salesforce_org::query(const got_request& request) {
  const auto soql = unescaped(request.query.substr(request.query.find("q=") + 2));
  const auto from_here = soql.find(" WHERE ");
  if (from_here == std::string::npos || soql.find(" FROM Case") == std::string::npos)
    return refusal(400, "MALFORMED_QUERY", "unexpected token");
  const auto where = soql.substr(from_here + 7);
  const auto bound = [&](const std::string& before) {
    const auto at = where.find(before);
    return at == std::string::npos
               ? std::string()
               : where.substr(at + before.size(), where.find(' ', at + before.size()) - at - before.size());
  };
  const auto from = bound(" >= ");
  const auto to = bound(" < ");
  selected_.clear();
  for (const auto& [key, record] : records_) {
    const auto time = record.contains("cx_occurred_at__c") && record["cx_occurred_at__c"].is_string()
                          ? record["cx_occurred_at__c"].get<std::string>().substr(0, 19) + "Z"
                          : std::string();
    const bool is_listed = where.find(" IN (") == std::string::npos || where.find("'" + key + "'") != std::string::npos;
    const bool is_in_time = from.empty() || (time >= from && time < to);
    if (is_listed && is_in_time)
      selected_.push_back(key);
  }
  return page(0);
}

scripted_reply salesforce_org::page(std::size_t from) const {
  constexpr std::size_t page_records = 300;
  json list = json::array();
  for (auto i = from; i < selected_.size() && i < from + page_records; ++i) {
    const auto& key = selected_[i];
    json shown{{"attributes", {{"type", "Case"}}}, {"Id", "500" + key}, {"cx_ticket_id__c", key}};
    for (const auto& [name, value] : records_.at(key).items()) {
      shown[name] = value;
      if (value.is_string() && value.get<std::string>().size() >= 20 && value.get<std::string>()[10] == 'T')
        shown[name] = value.get<std::string>().substr(0, 19) + ".000+0000"; // as Salesforce writes times
    }
    list.push_back(std::move(shown));
  }
  json out{{"totalSize", selected_.size()}, {"done", from + page_records >= selected_.size()}, {"records", list}};
  if (from + page_records < selected_.size())
    out["nextRecordsUrl"] = std::string(data_path) + "/query/01g-" + std::to_string(from + page_records);
  return said(200, out.dump());
}

} // namespace cxstream::support
