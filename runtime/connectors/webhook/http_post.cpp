#include "connectors/webhook/http_post.hpp"

#include <curl/curl.h>

namespace cxstream::connectors {

namespace {

struct url_free {
  void operator()(CURLU* url) const {
    curl_url_cleanup(url);
  }
};
struct easy_free {
  void operator()(CURL* easy) const {
    curl_easy_cleanup(easy);
  }
};
struct list_free {
  void operator()(curl_slist* list) const {
    curl_slist_free_all(list);
  }
};

// libcurl wants to be initialised once, before the first handle.
void initialise_curl() {
  static const auto status = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)status; // a failure shows in the first call
}

// Keeps the beginning of the body; an answer beyond it ends the transfer, which by then has its status.
std::size_t keep_body(char* data, std::size_t, std::size_t bytes, void* body) {
  auto& out = *static_cast<std::string*>(body);
  if (out.size() + bytes > http_post::body_bytes_max)
    return 0;
  out.append(data, bytes);
  return bytes;
}

bool before_connection(CURL* easy, CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_FAILED_INIT:
    case CURLE_OUT_OF_MEMORY:
      return true;
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t ready_us = 0; // time until the request could be sent; 0 when it never could
      curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
      return ready_us == 0;
    }
    default:
      return false;
  }
}

} // namespace

struct http_post::handle {
  std::unique_ptr<CURL, easy_free> easy{curl_easy_init()};
  char error[CURL_ERROR_SIZE] = {};
};

base::result<void> check_url(const std::string& url) {
  initialise_curl();
  const std::unique_ptr<CURLU, url_free> parsed{curl_url()};
  char* scheme = nullptr;
  auto status = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0);
  if (status == CURLUE_OK)
    status = curl_url_get(parsed.get(), CURLUPART_SCHEME, &scheme, 0);
  const std::string got = scheme != nullptr ? scheme : "";
  curl_free(scheme);
  if (status != CURLUE_OK || (got != "http" && got != "https"))
    return base::error{base::error_code::invalid_argument, "\"" + url + "\" is not an http or https URL"};
  return {};
}

http_post::http_post(http_settings settings) : settings_(std::move(settings)) {
  initialise_curl();
  handle_ = std::make_unique<handle>();
}

http_post::~http_post() = default;

http_answer http_post::send(std::string_view body, const std::vector<std::string>& headers) {
  auto* easy = handle_->easy.get();
  http_answer out;
  curl_slist* list = nullptr;
  for (const auto& header : headers)
    list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, list_free> owned(list);
  curl_easy_reset(easy); // keeps connections and the DNS and TLS caches
  curl_easy_setopt(easy, CURLOPT_URL, settings_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  if (!settings_.ca_file.empty())
    curl_easy_setopt(easy, CURLOPT_CAINFO, settings_.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &out.body);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, handle_->error);
  handle_->error[0] = '\0';

  const auto code = curl_easy_perform(easy);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  out.status = static_cast<int>(status);
  curl_header* header = nullptr;
  if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) == CURLHE_OK) {
    curl_off_t wait_s = 0; // from seconds or a date
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wait_s);
    out.retry_after = std::chrono::seconds{wait_s};
  }
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status != 0))
    return out;
  out.error = handle_->error[0] != '\0' ? handle_->error : curl_easy_strerror(code); // not the URL: it may hold a token
  out.end = before_connection(easy, code)      ? call_end::not_connected
            : code == CURLE_OPERATION_TIMEDOUT ? call_end::timed_out
                                               : call_end::broken;
  return out;
}

} // namespace cxstream::connectors
