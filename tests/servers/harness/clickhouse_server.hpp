// A real ClickHouse, started by the test in a folder of its own on free loopback ports. It can be killed, and started
// again on the same data. Owned by one thread.
#pragma once

#include "integration/harness/child_process.hpp"
#include "support/scratch_dir.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::servers {

bool clickhouse_is_here();

class clickhouse_server {
public:
  // Throws std::runtime_error when it does not start. Its user is "default" with the password "s3cret".
  // `data`: a folder for its tables; empty: one of its own.
  explicit clickhouse_server(const std::string& data = {});

  void set_password(const std::string& to);

  std::uint16_t port() const {
    return static_cast<std::uint16_t>(std::stoi(http_port_));
  }
  std::string url() const {
    return "http://127.0.0.1:" + http_port_;
  }
  void start();
  void kill9();
  void freeze() const;
  void thaw() const;
  // Lines of the answer, columns parted by tabs. Throws std::runtime_error with the server's words.
  std::vector<std::string> rows(const std::string& sql) const;
  std::string value(const std::string& sql) const {
    return rows(sql).at(0);
  }

private:
  support::scratch_dir dir_;
  std::string http_port_;
  std::string password_ = "s3cret";
  std::unique_ptr<integration::child_process> process_;
};

} // namespace cxstream::servers
