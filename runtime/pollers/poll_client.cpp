#include "pollers/poll_client.hpp"

#include <curl/curl.h>

namespace cxstream::pollers {

namespace {

using base::error_code;

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

std::size_t keep_body(char* data, std::size_t, std::size_t bytes, void* body) {
  auto& out = *static_cast<std::string*>(body);
  if (out.size() + bytes > poll_client::body_bytes_max)
    return 0;
  out.append(data, bytes);
  return bytes;
}

int end_when_stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

base::error failure_of(CURLcode code, const char* detail) {
  const std::string why = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_WRITE_ERROR:
      return {error_code::resource_exhausted, "the answer is larger than " +
                                                  std::to_string(poll_client::body_bytes_max >> 20u) +
                                                  " MiB: ask for smaller pages with page_size"};
    case CURLE_ABORTED_BY_CALLBACK:
      return {error_code::cancelled, "the node is stopping"};
    case CURLE_OPERATION_TIMEDOUT:
      return {error_code::timeout, "the vendor did not answer in time: " + why};
    default:
      return {error_code::unavailable, "the vendor cannot be asked: " + why};
  }
}

} // namespace

struct poll_client::handle {
  std::unique_ptr<CURL, easy_free> easy{curl_easy_init()};
  char error[CURL_ERROR_SIZE] = {};
};

poll_client::poll_client(client_settings settings) : settings_(std::move(settings)) {
  initialise_curl();
  handle_ = std::make_unique<handle>();
}

poll_client::~poll_client() = default;

base::result<poll_answer> poll_client::send(const poll_request& request, const std::stop_token& stop) {
  auto* easy = handle_->easy.get();
  poll_answer out;
  curl_slist* list = nullptr;
  for (const auto& [name, value] : request.headers)
    list = curl_slist_append(list, (name + ": " + value).c_str());
  const std::unique_ptr<curl_slist, list_free> owned(list);
  curl_easy_reset(easy); // keeps connections and the DNS and TLS caches
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, settings_.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, end_when_stopped);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &stop);
  if (!settings_.ca_file.empty())
    curl_easy_setopt(easy, CURLOPT_CAINFO, settings_.ca_file.c_str());
  if (!settings_.basic.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERPWD, settings_.basic.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  if (request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &out.body);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, handle_->error);
  handle_->error[0] = '\0';

  if (const auto code = curl_easy_perform(easy); code != CURLE_OK)
    return failure_of(code, handle_->error);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  out.status = static_cast<int>(status);
  curl_header* header = nullptr;
  if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) == CURLHE_OK) {
    curl_off_t wait_s = 0; // from seconds or a date
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wait_s);
    out.retry_after = std::chrono::seconds{wait_s};
  }
  return out;
}

} // namespace cxstream::pollers
