#include "fault/steady_writer.hpp"

#include "ports/keys.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <stdexcept>

namespace cxstream::fault {

using ports::durability;
using ports::family;

storage::rocks_options small_store(const std::string& path) {
  storage::rocks_options options;
  options.path = path;
  options.partitions = 4;
  options.write_buffer_bytes = 512u << 10u;
  options.block_cache_bytes = 1u << 20u;
  return options;
}

std::string key_of(std::uint64_t round) {
  return ports::keys::at(writer_partition, base::log_offset{round});
}

std::string value_of(std::uint64_t round) {
  std::mt19937_64 random(round);
  std::string value(200 + random() % 3'000, '\0');
  for (auto& c : value)
    c = static_cast<char>(random());
  return value;
}

int write_until_killed(const std::string& path, int pipe_fd) {
  auto store = storage::rocks_store::open(small_store(path), 0);
  if (!store)
    return 1;
  const auto lowest = ports::keys::partition(writer_partition);
  auto last = (*store)->last_at_or_before(family::log, ports::keys::after_prefix(lowest), lowest);
  auto round = last && *last ? ports::keys::offset_of((*last)->first).value : 0;
  const auto say = [&](const char* what) {
    const auto word = what + (" " + std::to_string(round)) + "\n";
    return ::write(pipe_fd, word.data(), word.size()) == static_cast<ssize_t>(word.size());
  };
  for (;;) {
    ++round;
    ports::write_batch log, cursor, derived;
    log.put(family::log, key_of(round), value_of(round));
    cursor.put(family::cursors, "sink", std::to_string(round));
    derived.put(family::history, key_of(round), value_of(round).substr(0, 100));
    derived.put(family::tickets, key_of(round % 50), std::to_string(round));
    derived.put(family::applied, "applied", std::to_string(round));
    if (!(*store)->write(log, durability::synced) || !say("log") || !(*store)->write(cursor, durability::buffered) ||
        !say("cursor") || !(*store)->write(derived, durability::derived) || !say("applied"))
      return 2;
  }
}

writer_process::writer_process(const std::string& store_path) {
  int ends[2];
  if (::pipe(ends) != 0)
    throw std::runtime_error("no pipe");
  pipe_ = ends[0];
  pid_ = ::fork();
  if (pid_ == 0) { // a fresh program: the store's threads do not survive a fork
    ::close(ends[0]);
    ::execl("/proc/self/exe", "fault_tests", "--write-until-killed", store_path.c_str(),
            std::to_string(ends[1]).c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
}

writer_process::~writer_process() {
  kill();
  ::close(pipe_);
}

bool writer_process::read_word() {
  auto end = unread_.find('\n');
  while (end == std::string::npos) {
    char buffer[4'096];
    const auto n = ::read(pipe_, buffer, sizeof buffer);
    if (n <= 0)
      return false;
    unread_.append(buffer, static_cast<std::size_t>(n));
    end = unread_.find('\n');
  }
  const auto space = unread_.find(' ');
  const auto what = unread_.substr(0, space);
  const auto round = std::stoull(unread_.substr(space + 1, end - space - 1));
  unread_.erase(0, end + 1);
  (what == "log" ? log : what == "cursor" ? cursor : applied) = round;
  return true;
}

void writer_process::await_rounds(std::uint64_t rounds) {
  const auto first = log;
  while (log == 0 || log < first + rounds)
    if (!read_word())
      throw std::runtime_error("the writer ended by itself");
}

void writer_process::kill() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  while (read_word()) {
  }
}

} // namespace cxstream::fault
