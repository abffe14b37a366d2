#include "connectors/s3/plan.hpp"

#include "connectors/http/http_plan.hpp"
#include "connectors/lake/lake_plan.hpp"
#include "connectors/s3/s3_store.hpp"

#include <algorithm>

namespace cxstream::connectors {

base::result<blueprint> plan_s3(const config::sink_config& sink) {
  static constexpr std::array<std::string_view, 8> own{"endpoint",   "bucket",     "prefix",        "region",
                                                       "access_key", "secret_key", "session_token", "staging"};
  auto known = with_http_settings(own);
  known.insert(known.end(), lake_setting_names.begin(), lake_setting_names.end());
  settings s(sink, known);
  s3_settings out;
  out.endpoint = read_url(s, "endpoint");
  while (out.endpoint.ends_with('/'))
    out.endpoint.pop_back();
  if (out.endpoint.find('?') != std::string::npos ||
      std::count(out.endpoint.begin(), out.endpoint.end(), '/') > 2) // those of "https://"
    s.wrong("endpoint", "must be scheme and host only; the bucket has a setting of its own");
  out.bucket = s.required("bucket");
  out.prefix = s.text("prefix");
  if (out.prefix.starts_with('/') || out.prefix.ends_with('/'))
    s.wrong("prefix", "must not begin or end with a slash");
  out.region = s.text("region", out.region);
  out.access_key = s.secret("access_key");
  out.secret_key = s.secret("secret_key");
  out.session_token = s.secret("session_token");
  if (!out.access_key.is_set() || !out.secret_key.is_set())
    s.wrong("access_key", "and secret_key must be given");
  out.http = read_http_settings(s);
  out.now = [] { return std::chrono::floor<base::duration>(std::chrono::system_clock::now()); };
  auto read = read_lake_settings(s, sink, s.required("staging"));
  return lake_blueprint(s, sink, std::move(read), std::make_unique<s3_store>(std::move(out)));
}

} // namespace cxstream::connectors
