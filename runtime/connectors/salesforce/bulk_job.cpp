#include "connectors/salesforce/bulk_job.hpp"

#include "connectors/encoding/json_member.hpp"
#include "connectors/encoding/json_text.hpp"
#include "connectors/http/exchange_text.hpp"
#include "connectors/salesforce/answer.hpp"
#include "connectors/salesforce/bulk_csv.hpp"

namespace cxstream::connectors::salesforce {

namespace {

using ports::delivery_outcome;
using ports::delivery_result;

std::optional<rapidjson::Document> object_in(const http_answer& answer) {
  rapidjson::Document body;
  body.Parse(answer.body.data(), answer.body.size());
  if (body.HasParseError() || !body.IsObject())
    return std::nullopt;
  return body;
}

std::string job_body(const shape& of) {
  json_buffer out;
  json_writer json(out);
  json.StartObject();
  const auto member = [&](std::string_view name, std::string_view value) {
    key(json, name);
    text(json, value);
  };
  member("object", of.object);
  member("externalIdFieldName", of.external_id);
  member("operation", "upsert");
  member("contentType", "CSV");
  member("lineEnding", "LF");
  member("columnDelimiter", "COMMA");
  json.EndObject();
  return std::string(view(out));
}

// "REQUIRED_FIELD_MISSING:Required fields are missing: [X]:X --"
delivery_outcome failure_of(std::string_view text, const secret_mask& mask) {
  const auto code = text.substr(0, text.find(':'));
  delivery_outcome out{result_of_code(code, text), plain_line(mask.applied(text), reason_bytes_max), std::nullopt};
  if (out.result == delivery_result::throttled)
    out.retry_after = limit_pause;
  return out;
}

std::string path_of(std::string_view job, std::string_view part = {}) {
  std::string out = "/jobs/ingest/";
  out.append(job).append(part.empty() ? "" : "/").append(part);
  return out;
}

http_request request_to(const session& at, const shape& of, std::string_view method, std::string_view path) {
  http_request out;
  out.method = method;
  out.url = data_url(at, of, path);
  out.headers = headers_of(at);
  return out;
}

} // namespace

bulk_job::bulk_job(shape of, std::span<const crm_record> records) : shape_(std::move(of)), records_(records) {
}

http_request bulk_job::next(const session& at) const {
  switch (stage_) {
    case stage::create: {
      auto out = request_to(at, shape_, "POST", "/jobs/ingest");
      out.body = job_body(shape_);
      return out;
    }
    case stage::upload: {
      auto out = request_to(at, shape_, "PUT", path_of(id_, "batches"));
      out.headers.back().second = "text/csv";
      out.body = bulk_csv(shape_.external_id, records_);
      return out;
    }
    case stage::close: {
      auto out = request_to(at, shape_, "PATCH", path_of(id_));
      out.body = R"({"state":"UploadComplete"})";
      return out;
    }
    case stage::abort:
      return abort_request(at, shape_, id_);
    case stage::successes:
      return request_to(at, shape_, "GET", path_of(id_, "successfulResults/") + locator_);
    case stage::failures:
      return request_to(at, shape_, "GET", path_of(id_, "failedResults/") + locator_);
    case stage::poll:
    case stage::done:
      break;
  }
  return request_to(at, shape_, "GET", path_of(id_));
}

std::optional<delivery_outcome> bulk_job::answer(const http_answer& answer, const secret_mask& mask) {
  if (connectors::result_of(answer) == delivery_result::delivered)
    return take(answer, mask);
  // What has ended in the meantime cannot be aborted, or closed a second time: its state says what it is.
  if (answer.end == call_end::answered && answer.status == 400 && (stage_ == stage::abort || stage_ == stage::close)) {
    stage_ = stage::poll;
    polled_ = false;
    return std::nullopt;
  }
  auto read = read_upsert(answer, request_kind::collection, records_.size(), mask);
  if (read.is == batch_answer::verdict::refused && stage_ == stage::upload) {
    refusal_ = std::move(read.whole);
    stage_ = stage::done;
    return std::nullopt;
  }
  if (read.whole.result == delivery_result::permanent || read.whole.result == delivery_result::transient)
    read.whole.result = delivery_result::unreachable; // of the job, not of a record
  return std::move(read.whole);
}

void bulk_job::give_up() {
  if (stage_ == stage::poll || stage_ == stage::close)
    stage_ = stage::abort;
}

std::optional<delivery_outcome> bulk_job::take(const http_answer& answer, const secret_mask& mask) {
  switch (stage_) {
    case stage::create: {
      const auto body = object_in(answer);
      id_ = body ? text_at(*body, "id") : "";
      if (id_.empty())
        return delivery_outcome{delivery_result::unreachable, "the job that was made has no id", std::nullopt};
      stage_ = stage::upload;
      return std::nullopt;
    }
    case stage::upload:
      stage_ = stage::close;
      return std::nullopt;
    case stage::close:
      stage_ = stage::poll;
      polled_ = true;
      return std::nullopt;
    case stage::poll:
    case stage::abort:
      return take_state(answer);
    case stage::successes:
    case stage::failures:
      return take_results(answer, mask);
    case stage::done:
      break;
  }
  return std::nullopt;
}

std::optional<delivery_outcome> bulk_job::take_state(const http_answer& answer) {
  const auto body = object_in(answer);
  const auto state = body ? text_at(*body, "state") : std::string_view();
  polled_ = true;
  if (state == "JobComplete" || state == "Failed" || state == "Aborted") {
    ended_ = state;
    if (const auto why = text_at(*body, "errorMessage"); !why.empty())
      ended_ += ": " + plain_line(why, reason_bytes_max);
    // A job that fails by itself was not made for this org (a field that is not there): no record is to blame.
    const auto rest = state == "Failed" ? delivery_result::unreachable : delivery_result::transient;
    outcomes_.assign(records_.size(), {rest, "the job ended before the record: " + ended_, std::nullopt});
    stage_ = stage::successes;
    return std::nullopt;
  }
  if (state.empty())
    return delivery_outcome{delivery_result::unreachable, "the job's state cannot be read", std::nullopt};
  stage_ = stage::poll;
  return std::nullopt;
}

std::optional<delivery_outcome> bulk_job::take_results(const http_answer& answer, const secret_mask& mask) {
  const bool failures = stage_ == stage::failures;
  const auto rows = read_results(answer.body, shape_.external_id, failures ? "sf__Error" : "");
  if (!rows || answer.body_cut)
    return delivery_outcome{delivery_result::unreachable,
                            rows ? std::string("the results of the job are too large to be read") : rows.err().message,
                            std::nullopt};
  for (std::size_t i = 0; i < records_.size(); ++i)
    if (const auto row = rows->find(records_[i].key); row != rows->end())
      outcomes_[i] = failures ? failure_of(row->second, mask) : delivery_outcome{};
  // Long results come in parts; the answer says where the next one is.
  const auto next = answer.header("sforce-locator");
  if (!next.empty() && next != "null") {
    locator_ = "?locator=" + std::string(next);
    return std::nullopt;
  }
  locator_.clear();
  stage_ = failures ? stage::done : stage::failures;
  return std::nullopt;
}

http_request list_jobs_request(const session& at, const shape& of) {
  return request_to(at, of, "GET", "/jobs/ingest?jobType=V2Ingest");
}

std::optional<std::vector<std::string>> unfinished_jobs(const http_answer& answer, const shape& of,
                                                        std::string_view user_id) {
  const auto body = object_in(answer);
  if (answer.end != call_end::answered || answer.status != 200 || !body)
    return std::nullopt;
  const auto records = body->FindMember("records");
  if (records == body->MemberEnd() || !records->value.IsArray())
    return std::nullopt;
  std::vector<std::string> out;
  for (const auto& job : records->value.GetArray()) {
    if (!job.IsObject() || text_at(job, "object") != of.object ||
        text_at(job, "createdById").substr(0, 15) != user_id.substr(0, 15))
      continue;
    const auto state = text_at(job, "state");
    if (state == "Open" || state == "UploadComplete" || state == "InProgress")
      out.emplace_back(text_at(job, "id"));
  }
  return out;
}

http_request abort_request(const session& at, const shape& of, std::string_view job_id) {
  auto out = request_to(at, of, "PATCH", path_of(job_id));
  out.body = R"({"state":"Aborted"})";
  return out;
}

} // namespace cxstream::connectors::salesforce
