#include "integration/harness/http_get.hpp"

#include <curl/curl.h>

#include <memory>

namespace cxstream::integration {

namespace {

std::size_t append(char* bytes, std::size_t, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, count);
  return count;
}

} // namespace

http_answer http_get(const std::string& address, const std::string& path) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> http(curl_easy_init(), curl_easy_cleanup);
  http_answer answer;
  curl_easy_setopt(http.get(), CURLOPT_URL, ("http://" + address + path).c_str());
  curl_easy_setopt(http.get(), CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(http.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(http.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(http.get(), CURLOPT_WRITEDATA, &answer.body);
  if (curl_easy_perform(http.get()) == CURLE_OK)
    curl_easy_getinfo(http.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

} // namespace cxstream::integration
