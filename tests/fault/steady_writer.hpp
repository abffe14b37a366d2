// A writer that another process can kill: writes numbered rounds to a rocks_store and tells on a pipe what was done,
// after it was done. Each round n puts
//   - n into the log, synced,                         then says "log n",
//   - n into the cursors, buffered,                   then says "cursor n",
//   - n into history, tickets and applied, derived (one batch; `applied` holds n as text), then says "applied n".
#pragma once

#include "base/ids.hpp"
#include "storage/rocks_store.hpp"

#include <cstdint>
#include <string>

namespace cxstream::fault {

inline const base::partition_id writer_partition{1};

// Options with buffers so small that flushes and compactions are many.
storage::rocks_options small_store(const std::string& path);
std::string key_of(std::uint64_t round);
// A value that is big, and different each round.
std::string value_of(std::uint64_t round);
// Goes on from the round after the last one in the log; never returns unless the store fails.
int write_until_killed(const std::string& path, int pipe_fd);

// The other side: a process of this program that runs write_until_killed().
class writer_process {
public:
  explicit writer_process(const std::string& store_path);
  ~writer_process();
  // Reads words until the log has had `rounds` more rounds; then kill() whenever you like.
  void await_rounds(std::uint64_t rounds);
  // SIGKILL; then reads what was still said.
  void kill();

  // What it said was done.
  std::uint64_t log = 0, cursor = 0, applied = 0;

private:
  bool read_word();

  int pid_ = -1;
  int pipe_ = -1;
  std::string unread_;
};

} // namespace cxstream::fault
