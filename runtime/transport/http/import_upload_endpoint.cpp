#include "transport/http/import_upload_endpoint.hpp"

#include "base/rfc3339.hpp"
#include "transport/http/job_json.hpp"
#include "transport/http/query_string.hpp"

#include <charconv>
#include <utility>

namespace cxstream::transport {

namespace {

using begun = std::variant<std::shared_ptr<body_taker>, http_response>;

base::error wrong(const std::string& what) {
  return {base::error_code::invalid_argument, what};
}

base::result<v1::ImportSpec> spec_of(std::string_view target) {
  const auto query = query_of(target);
  if (!query)
    return wrong("the query cannot be read: % stands before two hex digits");
  v1::ImportSpec spec;
  for (const auto& [name, value] : *query) {
    if (name == "name") {
      spec.set_name(value);
    } else if (name == "mapping") {
      spec.set_mapping(value);
    } else if (name == "written_at") {
      const auto at = base::parse_rfc3339(value);
      if (!at)
        return wrong("written_at is '" + value + "': write it like 2026-01-31T12:00:00Z");
      const auto us = base::to_us(*at);
      spec.mutable_written_at()->set_seconds(us / 1'000'000);
      spec.mutable_written_at()->set_nanos(static_cast<std::int32_t>(us % 1'000'000 * 1'000));
    } else if (name == "rate") {
      double rate = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), rate);
      if (error != std::errc() || end != value.data() + value.size())
        return wrong("rate is '" + value + "': write a number of rows a second");
      spec.set_rows_per_second_max(rate);
    } else {
      return wrong("nothing is known of '" + name + "': there are name, mapping, written_at and rate");
    }
  }
  return spec;
}

class upload_body final : public body_taker {
public:
  explicit upload_body(std::shared_ptr<ports::import_upload> upload) : upload_(std::move(upload)) {
  }
  void take(std::string piece, taken done) override {
    upload_->write(std::move(piece), [say = std::move(done)](const base::result<void>& written) {
      say(written ? std::nullopt : std::optional(job_refusal(written.err())));
    });
  }
  // The upload stays until it has answered.
  void finish(std::shared_ptr<http_exchange> exchange) override {
    upload_->finish([upload = upload_, exchange = std::move(exchange)](const base::result<v1::ImportJob>& job) {
      if (!job)
        return exchange->answer(job_refusal(job.err()));
      auto answer = job_answer(202, *job);
      answer.headers.push_back({"Location", "/v1/imports/" + job->id()});
      exchange->answer(std::move(answer));
    });
  }

private:
  const std::shared_ptr<ports::import_upload> upload_;
};

} // namespace

begun import_upload_endpoint::begin(http_request head) {
  auto allowed = guard_.check(head.payload, ports::permission::ingest);
  if (!allowed)
    return refused_caller(allowed.err());
  const auto packing = ports::header_value(head.payload, "content-encoding");
  if (!packing.empty() && packing != "identity" && packing != "gzip" && packing != "zstd") {
    auto response = http_error(415, "unsupported_encoding", "the file may be sent as it is, as gzip or as zstd");
    response.headers.push_back({"Accept-Encoding", "gzip, zstd"});
    return response;
  }
  auto spec = spec_of(head.payload.target);
  if (!spec)
    return job_refusal(spec.err());
  auto upload =
      desk_.begin_upload(*std::move(spec), {allowed->key_id, std::move(allowed->sources), false}, head.body_bytes);
  if (!upload && upload.err().code == base::error_code::not_found) // of the mapping: the path is right
    return http_error(400, "unknown_mapping", upload.err().message);
  if (!upload)
    return job_refusal(upload.err());
  return std::make_shared<upload_body>(*std::move(upload));
}

} // namespace cxstream::transport
