// Jobs of Bulk API 2.0.
#include "support/vendors/salesforce_org.hpp"

namespace cxstream::support {

using nlohmann::json;

namespace {

// Cells of CSV lines; quotes as in RFC 4180.
std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> out(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const char c = csv[i];
    if (quoted && c == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
      out.back().back() += csv[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      out.back().emplace_back();
    } else if (!quoted && c == '\n') {
      out.push_back({""});
    } else {
      out.back().back() += c;
    }
  }
  if (out.back() == std::vector<std::string>{""})
    out.pop_back();
  return out;
}

} // namespace

scripted_reply salesforce_org::bulk(const got_request& request, const std::string& tail) {
  const auto described = [](const std::string& id, const job& j) {
    return json{{"id", id}, {"object", j.object}, {"state", j.state}, {"createdById", j.user}};
  };
  if (tail.empty() && request.method == "GET") {
    json list = json::array();
    for (const auto& [id, j] : jobs_)
      list.push_back(described(id, j));
    return said(200, json{{"done", true}, {"records", list}}.dump());
  }
  if (tail.empty()) {
    const auto body = json::parse(request.body);
    const auto id = "750xx" + std::to_string(jobs_.size());
    auto& j = jobs_[id];
    j.object = body["object"];
    j.external_id = body["externalIdFieldName"];
    j.state = "Open";
    return said(200, described(id, j).dump());
  }
  const auto id = tail.substr(0, tail.find('/'));
  const auto part = tail.size() > id.size() ? tail.substr(id.size() + 1) : std::string();
  if (!jobs_.contains(id))
    return refusal(404, "NOT_FOUND", "no such job");
  auto& j = jobs_[id];
  if (part == "batches") {
    j.csv = request.body;
    return said(201);
  }
  if (!part.empty())
    return job_results(j, part);
  if (request.method == "PATCH") {
    const auto state = json::parse(request.body)["state"].get<std::string>();
    if (j.state == "JobComplete" || j.state == "Aborted")
      return refusal(400, "INVALIDJOBSTATE", "The job is in the state " + j.state);
    j.state = state == "Aborted" ? "Aborted" : "InProgress";
  } else if (j.state == "InProgress" && j.polls++ >= job_polls_) {
    run(j);
  }
  return said(200, described(id, j).dump());
}

void salesforce_org::run(job& j) {
  const auto rows = cells_of(j.csv);
  for (std::size_t r = 1; r < rows.size(); ++r) {
    json fields = json::object();
    for (std::size_t c = 1; c < rows[r].size(); ++c) {
      if (rows[r][c] == "#N/A")
        fields[rows[0][c]] = nullptr;
      else if (!rows[r][c].empty())
        fields[rows[0][c]] = rows[r][c];
    }
    const auto result = write(rows[r][0], j.external_id, fields);
    if (result["success"] == true)
      j.done.push_back(rows[r][0]);
    else
      j.failed.emplace_back(rows[r][0], result["errors"][0]["statusCode"].get<std::string>() + ":" +
                                            result["errors"][0]["message"].get<std::string>() + ":--");
  }
  j.state = "JobComplete";
}

scripted_reply salesforce_org::job_results(const job& j, const std::string& part) const {
  std::string out;
  if (part.starts_with("successfulResults")) {
    out = "\"sf__Id\",\"sf__Created\",\"" + j.external_id + "\"\n";
    for (const auto& key : j.done)
      out += "\"500\",\"true\",\"" + key + "\"\n";
  } else {
    out = "\"sf__Id\",\"sf__Error\",\"" + j.external_id + "\"\n";
    for (const auto& [key, why] : j.failed)
      out += "\"\",\"" + why + "\",\"" + key + "\"\n";
  }
  return said(200, out);
}

} // namespace cxstream::support
