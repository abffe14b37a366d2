#include "pollers/query_url.hpp"

#include <curl/curl.h>

#include <memory>

namespace cxstream::pollers {

namespace {

using base::error_code;

struct url_free {
  void operator()(CURLU* url) const {
    curl_url_cleanup(url);
  }
};
using parsed_url = std::unique_ptr<CURLU, url_free>;

parsed_url parse(const std::string& url) {
  parsed_url out{curl_url()};
  if (curl_url_set(out.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    out.reset();
  return out;
}

std::string part(const parsed_url& url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (!url || curl_url_get(url.get(), what, &text, flags) != CURLUE_OK)
    return {};
  std::string out(text);
  curl_free(text);
  return out;
}

std::string site_of(const parsed_url& url) {
  return part(url, CURLUPART_SCHEME) + "://" + part(url, CURLUPART_HOST) + ":" +
         part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

} // namespace

std::string below(std::string_view site, std::string_view path) {
  while (site.ends_with('/'))
    site.remove_suffix(1);
  return std::string(site) + "/" + std::string(path);
}

std::string with_parameter(const std::string& url, std::string_view name, std::string_view value) {
  const auto parsed = parse(url);
  const auto pair = std::string(name) + "=" + std::string(value);
  if (!parsed ||
      curl_url_set(parsed.get(), CURLUPART_QUERY, pair.c_str(), CURLU_APPENDQUERY | CURLU_URLENCODE) != CURLUE_OK)
    return url;
  return part(parsed, CURLUPART_URL);
}

base::result<void> check_site(const std::string& url) {
  const auto parsed = parse(url);
  const auto scheme = part(parsed, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https")
    return base::error{error_code::invalid_argument, "\"" + url + "\" is not an http or https URL"};
  return {};
}

base::result<std::string> follow(const std::string& from, const std::string& link) {
  const auto origin = parse(from);
  auto target = parse(from);
  if (!target || curl_url_set(target.get(), CURLUPART_URL, link.c_str(), 0) != CURLUE_OK) // relative ones too
    return base::error{error_code::malformed, "the link to the next page is no URL: " + link.substr(0, 200)};
  if (site_of(origin) != site_of(target))
    return base::error{error_code::malformed,
                       "the link to the next page leads to another site (" + site_of(target) + "): not followed"};
  return part(target, CURLUPART_URL);
}

} // namespace cxstream::pollers
