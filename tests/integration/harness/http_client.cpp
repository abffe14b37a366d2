#include "integration/harness/http_client.hpp"

#include <curl/curl.h>

namespace cxstream::integration {

namespace {

constexpr long patience_s = 20;

std::size_t append(char* bytes, std::size_t, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, count);
  return count;
}

http_answer perform(CURL* http, const std::string& url) {
  http_answer answer;
  curl_easy_setopt(http, CURLOPT_URL, url.c_str());
  curl_easy_setopt(http, CURLOPT_TIMEOUT, patience_s);
  curl_easy_setopt(http, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(http, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(http, CURLOPT_WRITEDATA, &answer.body);
  if (curl_easy_perform(http) == CURLE_OK)
    curl_easy_getinfo(http, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

} // namespace

struct http_poster::handle {
  CURL* http = curl_easy_init();
  ~handle() {
    curl_easy_cleanup(http);
  }
};

http_answer http_get(const std::string& address, const std::string& path) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> http(curl_easy_init(), curl_easy_cleanup);
  return perform(http.get(), "http://" + address + path);
}

http_poster::http_poster(std::string address) : address_(std::move(address)), handle_(std::make_unique<handle>()) {
}

http_poster::~http_poster() = default;

http_answer http_poster::post(const std::string& path, std::string_view body, const http_headers& headers) {
  auto all = headers;
  all.try_emplace("Content-Type", "application/json");
  all.try_emplace("Expect", "");
  curl_slist* lines = nullptr;
  for (const auto& [name, value] : all)
    lines = curl_slist_append(lines, (name + ": " + value).c_str());
  curl_easy_setopt(handle_->http, CURLOPT_HTTPHEADER, lines);
  curl_easy_setopt(handle_->http, CURLOPT_POST, 1L);
  curl_easy_setopt(handle_->http, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(handle_->http, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  auto answer = perform(handle_->http, "http://" + address_ + path);
  curl_slist_free_all(lines);
  return answer;
}

} // namespace cxstream::integration
