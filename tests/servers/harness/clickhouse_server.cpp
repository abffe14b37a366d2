#include "servers/harness/clickhouse_server.hpp"

#include "integration/harness/files.hpp"
#include "integration/harness/patience.hpp"
#include "servers/harness/free_port.hpp"

#include <curl/curl.h>

#include <stdexcept>

namespace cxstream::servers {

using namespace std::chrono_literals;

namespace {

constexpr const char* program = "/usr/sbin/clickhouse-server";

std::string configuration(const std::string& folder, const std::string& data, const std::string& http_port,
                          const std::string& tcp_port) {
  return "<yandex><logger><level>warning</level><console>1</console></logger><http_port>" + http_port +
         "</http_port><tcp_port>" + tcp_port + "</tcp_port><listen_host>127.0.0.1</listen_host><path>" + data +
         "/</path><tmp_path>" + folder + "/tmp/</tmp_path><users_config>" + folder +
         "/users.xml</users_config><default_profile>default</default_profile><default_database>default"
         "</default_database><mark_cache_size>67108864</mark_cache_size></yandex>";
}

std::string users(const std::string& password) {
  return "<yandex><profiles><default></default></profiles><quotas><default></default></quotas><users><default>"
         "<password>" +
         password +
         "</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>"
         "</users></yandex>";
}

std::size_t append(const char* bytes, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(bytes, size * count);
  return size * count;
}

} // namespace

bool clickhouse_is_here() {
  return std::filesystem::exists(program);
}

clickhouse_server::clickhouse_server(const std::string& data) : http_port_(free_port()) {
  integration::write_file(dir_.path("config.xml"), configuration(dir_.path(""), data.empty() ? dir_.path("data") : data,
                                                                 http_port_, free_port()));
  integration::write_file(dir_.path("users.xml"), users(password_));
  std::filesystem::create_directories(dir_.path("data"));
  std::filesystem::create_directories(dir_.path("tmp"));
  start();
}

void clickhouse_server::set_password(const std::string& to) {
  integration::write_file(dir_.path("users.xml"), users(to));
  rows("SYSTEM RELOAD CONFIG");
  password_ = to;
}

void clickhouse_server::start() {
  process_ = std::make_unique<integration::child_process>(
      std::vector<std::string>{program, "--config-file=" + dir_.path("config.xml")}, dir_.path("log"),
      dir_.path("log"));
  const bool up = integration::eventually(60s, [&] {
    try {
      return value("SELECT 1") == "1";
    } catch (const std::exception&) {
      return false;
    }
  });
  if (!up)
    throw std::runtime_error("ClickHouse does not start: " + integration::read_file(dir_.path("log")));
}

void clickhouse_server::kill9() {
  process_->kill9();
  process_->wait(10s);
}

void clickhouse_server::freeze() const {
  process_->freeze();
}

void clickhouse_server::thaw() const {
  process_->thaw();
}

std::vector<std::string> clickhouse_server::rows(const std::string& sql) const {
  const std::unique_ptr<CURL, void (*)(CURL*)> call(curl_easy_init(), curl_easy_cleanup);
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
      curl_slist_append(curl_slist_append(nullptr, "X-ClickHouse-User: default"),
                        ("X-ClickHouse-Key: " + password_).c_str()),
      curl_slist_free_all);
  std::string body;
  const auto address = url() + "/";
  curl_easy_setopt(call.get(), CURLOPT_URL, address.c_str());
  curl_easy_setopt(call.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(call.get(), CURLOPT_POSTFIELDS, sql.c_str());
  curl_easy_setopt(call.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(call.get(), CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(call.get(), CURLOPT_TIMEOUT, 30L);
  long status = 0;
  const auto done = curl_easy_perform(call.get());
  curl_easy_getinfo(call.get(), CURLINFO_RESPONSE_CODE, &status);
  if (done != CURLE_OK || status != 200)
    throw std::runtime_error(sql + ": " + (done != CURLE_OK ? curl_easy_strerror(done) : body.c_str()));
  std::vector<std::string> out;
  std::size_t at = 0;
  for (auto end = body.find('\n'); end != std::string::npos; at = end + 1, end = body.find('\n', at))
    out.push_back(body.substr(at, end - at));
  return out;
}

} // namespace cxstream::servers
