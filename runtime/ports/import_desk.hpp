// import_desk: the import jobs of a node, as transports see them: files come in piece by piece, jobs are looked at and
// steered. Every call is thread-safe and returns at once; callbacks come from any thread, exactly once.
#pragma once

#include "ports/services.hpp"

#include "cxstream/v1/imports.pb.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxstream::ports {

// Who sends a file.
struct import_sender {
  std::string key_id;                    // empty where no keys are in use
  std::vector<std::string> sources = {}; // source systems that the file may bring events of; empty: any
  bool may_program = true;               // may bring a mapping of his own
};

// A file on its way to the disk. Used by one thread at a time; may be destroyed at any moment: what did not finish
// leaves nothing behind.
class import_upload {
public:
  using written = std::function<void(base::result<void>)>;

  virtual ~import_upload() = default;
  // The next piece, once the one before was answered. Errors, after which nothing more is taken: resource_exhausted
  // (the disk is full), invalid_argument (the file is too long), io.
  virtual void write(std::string piece, written done) = 0;
  // All came. The answer is the job, durable with its file.
  virtual void finish(reply<v1::ImportJob> done) = 0;
};

// Some of a job's rejects: whole lines.
struct rejects_piece {
  std::string ndjson;
  std::uint64_t next = 0; // where to go on; 0: nothing is left
};

class import_desk {
public:
  virtual ~import_desk() = default;

  // `bytes`: the file's length, where it is known beforehand. Errors: invalid_argument (name, mapping, too long),
  // permission_denied (a mapping of his own), resource_exhausted (no room on the disk), unavailable (enough uploads
  // run; the node is stopping).
  virtual base::result<std::shared_ptr<import_upload>> begin_upload(v1::ImportSpec spec, import_sender from,
                                                                    std::optional<std::uint64_t> bytes) = 0;
  // Errors: permission_denied (not in a folder that is allowed), not_found, and those of the mapping.
  virtual void start(v1::StartImportRequest request, import_sender from, reply<v1::ImportJob> done) = 0;

  virtual std::vector<v1::ImportJob> list() const = 0;
  // The others: not_found. Steering: failed_precondition, and io when it cannot be stored.
  virtual base::result<v1::ImportJob> find(const std::string& id) const = 0;
  virtual void pause(const std::string& id, reply<v1::ImportJob> done) = 0;
  virtual void resume(const std::string& id, reply<v1::ImportJob> done) = 0;
  virtual void cancel(const std::string& id, reply<v1::ImportJob> done) = 0;
  virtual void forget(const std::string& id, reply<v1::ImportJob> done) = 0;
  // From a place that an earlier piece named, 0 for the beginning.
  virtual void read_rejects(const std::string& id, std::uint64_t from, reply<rejects_piece> done) = 0;
};

} // namespace cxstream::ports
