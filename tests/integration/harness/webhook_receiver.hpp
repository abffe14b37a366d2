// `cxstream receiver` as a process: the target of webhook sinks, as unreliable as asked.
#pragma once

#include "integration/harness/child_process.hpp"
#include "integration/harness/files.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cxstream::integration {

// Sequences of a ticket in the order in which they first arrived.
using received_sequences = std::map<std::string, std::vector<std::uint64_t>>;

class webhook_receiver {
public:
  // Throws std::runtime_error when it does not listen soon. `name` keeps its files apart from others' in the folder.
  webhook_receiver(const scratch_dir& dir, std::string name, const std::vector<std::string>& options);

  std::string url() const {
    return "http://127.0.0.1:" + port_ + "/events";
  }
  // Ends it; nobody listens on its port then.
  void stop();
  // Starts it again on the same port, after a stop() where needed; its log goes on.
  void restart(const std::vector<std::string>& options);
  // What it took, each (ticket, idempotency_key) once.
  received_sequences received() const;
  // Every event that it took, also a second time. Read line by line: the log may be long.
  received_sequences arrivals() const;
  // A count of its own since it was (re)started: "requests", "repeats", "failed" …
  std::uint64_t count(const std::string& name) const;

private:
  void start(const std::string& port, const std::vector<std::string>& options);

  std::string files_;
  std::string port_;
  std::unique_ptr<child_process> process_;
};

// Tickets whose sequences do not run 1..n as they came.
std::vector<std::string> out_of_order(const received_sequences& received);

} // namespace cxstream::integration
