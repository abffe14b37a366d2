#include "security/secrets/command_output.hpp"

#include "security/files/plain_file.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace cxstream::security {

namespace {

using base::error_code;
using clock = std::chrono::steady_clock;

struct descriptor {
  int number = -1;
  ~descriptor() {
    if (number >= 0)
      ::close(number);
  }
};

// In a process group of its own, so that all of it can be ended.
int start(const std::string& command, int output, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&how);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  sigset_t none;
  sigset_t usual;
  ::sigemptyset(&none);
  ::sigfillset(&usual);
  ::posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&how, 0);
  ::posix_spawnattr_setsigmask(&how, &none);
  ::posix_spawnattr_setsigdefault(&how, &usual);
  std::string shell = "sh";
  std::string flag = "-c";
  std::string text = command;
  std::array<char*, 4> arguments{shell.data(), flag.data(), text.data(), nullptr};
  const int failure = ::posix_spawn(&child, "/bin/sh", &files, &how, arguments.data(), environ);
  ::posix_spawnattr_destroy(&how);
  ::posix_spawn_file_actions_destroy(&files);
  return failure;
}

// Reads until the end. Errors: timeout, resource_exhausted, io.
base::result<std::string> read_all(int input, clock::time_point until, std::size_t bytes_max) {
  std::string out;
  std::array<char, 4'096> block{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
    pollfd waited{input, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&waited, 1, static_cast<int>(left)) : 0;
    if (ready == 0)
      return base::error{error_code::timeout, "it did not end in time"};
    if (ready < 0 && errno == EINTR)
      continue;
    const auto got = ::read(input, block.data(), block.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return base::error{error_code::io, "its output cannot be read"};
    if (got == 0)
      return out;
    out.append(block.data(), static_cast<std::size_t>(got));
    if (out.size() > bytes_max)
      return base::error{error_code::resource_exhausted, "it wrote more than " + std::to_string(bytes_max) + " bytes"};
  }
}

// Waits for the end of a child; false when it did not come in time.
bool ended(pid_t child, clock::time_point until, int& status) {
  for (;;) {
    const auto got = ::waitpid(child, &status, WNOHANG);
    if (got == child || (got < 0 && errno != EINTR))
      return true;
    if (clock::now() >= until)
      return false;
    ::poll(nullptr, 0, 2); // it closes its output a moment before it ends
  }
}

} // namespace

base::result<std::string> output_of_command(const std::string& command, std::chrono::milliseconds within,
                                            std::size_t bytes_max) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return base::error{error_code::io, "no pipe can be made"};
  const descriptor input{ends[0]};
  pid_t child = 0;
  {
    const descriptor output{ends[1]};
    if (start(command, output.number, child) != 0)
      return base::error{error_code::io, "/bin/sh cannot be started"};
  }
  const auto until = clock::now() + within;
  auto out = read_all(input.number, until, bytes_max);
  int status = 0;
  if (out && !ended(child, until, status))
    out = base::error{error_code::timeout, "it did not end in time"};
  if (!out) {
    ::kill(-child, SIGKILL); // its group: whatever it started
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
      continue;
  }
  if (!out)
    return out.err();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return base::error{error_code::failed_precondition,
                       WIFEXITED(status) ? "it ended with status " + std::to_string(WEXITSTATUS(status))
                                         : "it was killed"};
  return out;
}

} // namespace cxstream::security
