#include "integration/harness/child_process.hpp"

#include "integration/harness/files.hpp"
#include "integration/harness/patience.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cxstream::integration {

namespace {

// Between fork and exec only calls that are safe there.
[[noreturn]] void become(char* const* arguments, const char* out_file, const char* err_file) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  constexpr int flags = O_CREAT | O_WRONLY | O_APPEND;
  constexpr int mode = 0600;
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(open(out_file, flags, mode), STDOUT_FILENO);
  dup2(open(err_file, flags, mode), STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

} // namespace

std::string cxstream_binary() {
  return CXSTREAM_BINARY_DIR "/cxstream";
}

child_process::child_process(const std::vector<std::string>& command, const std::string& out_file,
                             const std::string& err_file) {
  auto words = command;
  std::vector<char*> arguments;
  for (auto& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ < 0)
    throw std::runtime_error("cannot fork");
  if (pid_ == 0)
    become(arguments.data(), out_file.c_str(), err_file.c_str());
}

child_process::~child_process() {
  if (!ended_) {
    kill9();
    reap(0);
  }
}

std::optional<int> child_process::wait(std::chrono::milliseconds patience) {
  if (!eventually(patience, [this] { return !is_running(); }))
    return std::nullopt;
  return ended_;
}

void child_process::signal(int number) const {
  kill(pid_, number);
}

void child_process::kill9() {
  signal(SIGKILL);
}

void child_process::freeze() const {
  signal(SIGSTOP);
  siginfo_t how;
  waitid(P_PID, static_cast<id_t>(pid_), &how, WSTOPPED | WEXITED | WNOWAIT);
}

void child_process::thaw() const {
  signal(SIGCONT);
}

bool child_process::is_running() {
  return !reap(WNOHANG);
}

std::optional<int> child_process::reap(int options) {
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, options) == pid_)
    ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended_;
}

std::size_t child_process::resident_bytes() const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  in >> size >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

finished_command run_command(const std::vector<std::string>& command, std::chrono::milliseconds patience) {
  const scratch_dir dir;
  child_process child(command, dir / "out", dir / "err");
  const auto code = child.wait(patience);
  if (!code)
    throw std::runtime_error(command.at(0) + " " + command.at(1) + " did not end in time");
  return {*code, read_file(dir / "out"), read_file(dir / "err")};
}

} // namespace cxstream::integration
