// stream_reactor: one bidirectional gRPC stream of bytes; carries out what its duplex machine says.
//
// Owned by itself from launch() until gRPC says that nothing of the call is left (OnDone); whoever else holds a pointer
// may keep it longer, calls then do nothing. gRPC calls the On… functions from its threads, the node calls send() and
// the ends from any thread.
//
// Invariants:
//  1. No gRPC call is started after the status was given.
//  2. on_message() is called by one thread at a time, without the lock; the next read starts after it returned.
//  3. on_gone() is called once, as the last of all.
#pragma once

#include "base/result.hpp"
#include "transport/duplex.hpp"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace cxstream::transport {

class live_streams;

class stream_reactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                       public std::enable_shared_from_this<stream_reactor> {
public:
  using base_reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  // Admits the stream and starts it. Returns what the service method must return: the stream, or a refusal.
  static base_reactor* launch(std::shared_ptr<stream_reactor> stream, live_streams& live);
  // A stream that may not begin.
  static base_reactor* refused(const base::error& why);

  // The node wants this stream to come to its end.
  virtual void drain() = 0;

protected:
  // A message on its way out; what its owner wants to be told when it left.
  struct outgoing {
    grpc::ByteBuffer bytes;
    std::uint64_t batch_id = 0;
    std::uint64_t events = 0;
  };

  stream_reactor() = default;

  // Before the first read, without the lock.
  virtual void on_start() {
  }
  virtual void on_message(grpc::ByteBuffer& bytes) = 0;
  // The client will send no more (it may also be gone). With the lock.
  virtual void on_half_close() = 0;
  // With the lock.
  virtual void on_written(const outgoing&) {
  }
  // After the lock was let go behind on_written().
  virtual void after_written() {
  }
  virtual void on_gone() = 0;
  // Tells the machine whether to read on, or to end. With the lock; called before anything is started.
  virtual void decide() = 0;

  // Starts whatever may start now. With the lock.
  void pump();
  // Ends the stream when what was pushed is written.
  void end(grpc::Status status);

  std::mutex mutex_;
  duplex<outgoing, grpc::Status> flow_;

private:
  void OnReadDone(bool ok) final;
  void OnWriteDone(bool ok) final;
  void OnCancel() final;
  void OnDone() final;

  grpc::ByteBuffer incoming_;
  std::shared_ptr<stream_reactor> self_;
  live_streams* live_ = nullptr;
};

} // namespace cxstream::transport
