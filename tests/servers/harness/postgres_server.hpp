// A real PostgreSQL, started by the test in a folder of its own on a free loopback port, under a user that is not root.
// It can be killed, frozen, and started again on the same data. Owned by one thread.
//
// Invariant: no process of it outlives the object, or the thread that started it.
#pragma once

#include "integration/harness/child_process.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::servers {

// Whether PostgreSQL is installed and this process may start it.
bool postgres_is_here();

class postgres_server {
public:
  // Makes the cluster and starts it. Throws std::runtime_error with the server's words.
  explicit postgres_server(const std::vector<std::string>& settings = {});
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  // Of the superuser "cx", who needs no password; the database is "postgres".
  const std::string& port() const {
    return port_;
  }
  // The folder of the cluster; belongs to the server's user.
  const std::string& folder() const {
    return folder_;
  }
  // Gives a file to the server's user.
  void give(const std::string& path) const;

  void start();
  // A shutdown that lets nobody finish.
  void stop();
  // kill -9 of the postmaster and all that serve.
  void kill9();
  void freeze() const;
  void thaw() const;

  // Rows of a query, columns joined by "|". Throws std::runtime_error with the server's message.
  std::vector<std::string> rows(const std::string& sql) const;
  std::string value(const std::string& sql) const {
    return rows(sql).at(0);
  }
  std::string log() const;

private:
  std::vector<pid_t> processes() const;

  std::string folder_;
  std::string port_;
  std::vector<std::string> settings_;
  std::unique_ptr<integration::child_process> process_;
};

} // namespace cxstream::servers
