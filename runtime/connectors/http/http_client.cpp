#include "connectors/http/http_client.hpp"

#include "connectors/http/exchange_text.hpp"
#include "model/fold_text.hpp"

#include <algorithm>
#include <cctype>
#include <curl/curl.h>
#include <strings.h>
#include <sys/socket.h>

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
using header_list = std::unique_ptr<curl_slist, list_free>;

// libcurl wants to be initialised once, before the first handle.
void initialise_curl() {
  static const auto status = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)status; // a failure shows in the first call
}

std::string url_part(const std::string& url, CURLUPart part) {
  const std::unique_ptr<CURLU, url_free> parsed{curl_url()};
  char* text = nullptr;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK)
    curl_url_get(parsed.get(), part, &text, 0);
  std::string out = text != nullptr ? text : "";
  curl_free(text);
  return out;
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

// What the callbacks of one call see.
struct call_state {
  const address_guard& guard;
  std::string host;
  bool by_proxy = false;
  std::size_t body_bytes_max = 0;
  http_answer& answer;
  std::string refused; // the last address that the guard did not permit
};

// Keeps the beginning of the body; an answer beyond it ends the transfer, which by then has its status.
std::size_t keep_body(char* data, std::size_t, std::size_t bytes, void* call) {
  auto& state = *static_cast<call_state*>(call);
  auto& body = state.answer.body;
  const auto room = state.body_bytes_max - body.size();
  body.append(data, std::min(bytes, room));
  state.answer.body_cut = bytes > room;
  return bytes > room ? 0 : bytes;
}

curl_socket_t open_socket(void* call, curlsocktype, curl_sockaddr* address) {
  auto& state = *static_cast<call_state*>(call);
  if (!state.by_proxy) {
    const auto ip = ip_of(address->addr);
    if (!ip || !state.guard.permits(*ip, state.host)) {
      state.refused =
          ip ? ip->text() + " (" + std::string(name_of(kind_of(*ip))) + ")" : "an address of another family";
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

// Why a request cannot be sent; empty when it can.
std::string fault_of(const http_request& request) {
  if (request.method.empty() ||
      !std::ranges::all_of(request.method, [](unsigned char c) { return std::isupper(c) != 0; }))
    return "the method is not one of upper-case letters";
  for (const auto& [name, value] : request.headers)
    if (name.empty() || !is_one_line(name) || name.find_first_of(": ") != name.npos || !is_one_line(value))
      return "the header \"" + plain_line(name, 64) + "\" has a line break in it, or no name";
  if (!check_url(request.url))
    return "the URL is not an http or https URL";
  return {};
}

header_list list_of(const http_request& request) {
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
  bool named = false;
  for (const auto& [name, value] : request.headers) {
    add(value.empty() ? name + ";" : name + ": " + value); // a name without a value is written so for libcurl
    named = named || strcasecmp(name.c_str(), "user-agent") == 0;
  }
  if (!named)
    add("User-Agent: cxstream");
  add("Expect:"); // do not ask before large bodies
  return header_list(list);
}

void set_method(CURL* easy, const http_request& request) {
  if (request.method == "GET" && request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    return;
  }
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request.method == "POST" || !request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  if (request.method != "POST")
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_security(CURL* easy, const http_settings& settings) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, settings.proxy.c_str()); // empty: none, whatever the environment says
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings.ca_file.empty())
    curl_easy_setopt(easy, CURLOPT_CAINFO, settings.ca_file.c_str());
  if (!settings.client_certificate.empty()) {
    curl_easy_setopt(easy, CURLOPT_SSLCERT, settings.client_certificate.c_str());
    curl_easy_setopt(easy, CURLOPT_SSLKEY, settings.client_key.c_str());
  }
}

void read_head(CURL* easy, http_answer& out) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  out.status = static_cast<int>(status);
  for (curl_header* h = nullptr; (h = curl_easy_nextheader(easy, CURLH_HEADER, -1, h)) != nullptr;) {
    out.headers.emplace_back(model::lowered(h->name), h->value);
  }
  if (!out.header("retry-after").empty()) {
    curl_off_t wait_s = 0; // from seconds or a date
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wait_s);
    out.retry_after = std::chrono::seconds{wait_s};
  }
}

} // namespace

struct http_client::handle {
  std::unique_ptr<CURL, easy_free> easy{curl_easy_init()};
  char error[CURL_ERROR_SIZE] = {};
};

base::result<void> check_url(const std::string& url) {
  initialise_curl();
  const auto scheme = url_part(url, CURLUPART_SCHEME);
  if ((scheme == "http" || scheme == "https") && !url_part(url, CURLUPART_HOST).empty())
    return {};
  const auto shown = shown_url(url, {});
  return base::error{base::error_code::invalid_argument,
                     "\"" + shown.substr(0, shown.find('?')) + "\" is not an http or https URL"};
}

std::string host_of(const std::string& url) {
  auto host = url_part(url, CURLUPART_HOST);
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

http_client::http_client(http_settings settings) : settings_(std::move(settings)) {
  initialise_curl();
  handle_ = std::make_unique<handle>();
}

http_client::~http_client() = default;

http_answer http_client::send(const http_request& request) {
  http_answer out;
  if (out.error = fault_of(request); !out.error.empty()) {
    out.end = call_end::not_sent;
    return out;
  }
  call_state state{
      settings_.guard, host_of(request.url), !settings_.proxy.empty(), settings_.answer_bytes_max, out, {}};
  const auto forbid = [&](const std::string& address) {
    out.end = call_end::forbidden;
    out.error = "the address of " + state.host + " is " + address + ", which this sink may not call; see allow_private";
  };
  if (const auto literal = parse_ip(state.host); literal && !settings_.guard.permits(*literal, state.host)) {
    forbid(literal->text() + " (" + std::string(name_of(kind_of(*literal))) + ")");
    return out;
  }
  auto* easy = handle_->easy.get();
  const auto headers = list_of(request);
  curl_easy_reset(easy); // keeps connections and the DNS and TLS caches
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  set_security(easy, settings_);
  set_method(easy, request);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &state);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &state);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, handle_->error);
  handle_->error[0] = '\0';

  const auto code = curl_easy_perform(easy);
  read_head(easy, out);
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && out.body_cut))
    return out;
  out.error = handle_->error[0] != '\0' ? handle_->error : curl_easy_strerror(code); // not the URL: it may hold a token
  out.end = before_connection(easy, code)      ? call_end::not_connected
            : code == CURLE_OPERATION_TIMEDOUT ? call_end::timed_out
                                               : call_end::broken;
  if (out.end == call_end::not_connected && !state.refused.empty())
    forbid(state.refused);
  return out;
}

} // namespace cxstream::connectors
