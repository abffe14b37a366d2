// A real process, started by fork and exec and ended by its own pid. Owned by one thread, except that kill9() may come
// from another one while the owner leaves it alone.
//
// Invariants:
//  1. No process outlives its object.
//  2. A child dies with the thread that started it, also when the test itself crashes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cxstream::integration {

// The program under test.
std::string cxstream_binary();

class child_process {
public:
  // Appends standard output to one file and standard error to another (they may be the same).
  child_process(const std::vector<std::string>& command, const std::string& out_file, const std::string& err_file);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  // The exit code, or 128 + the signal; nothing when it still runs after `patience`.
  std::optional<int> wait(std::chrono::milliseconds patience);
  void signal(int number) const;
  void kill9();
  // Returns when all its threads stand still.
  void freeze() const;
  void thaw() const;
  bool is_running();
  pid_t pid() const {
    return pid_;
  }
  // Memory it has in use now.
  std::size_t resident_bytes() const;

private:
  std::optional<int> reap(int options);

  pid_t pid_ = -1;
  std::optional<int> ended_;
};

struct finished_command {
  int exit_code = 0;
  std::string out;
  std::string err;
};
// Runs a program to its end. Throws std::runtime_error when it takes longer than `patience`.
finished_command run_command(const std::vector<std::string>& command, std::chrono::milliseconds patience);

} // namespace cxstream::integration
