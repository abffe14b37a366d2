// duplex: what a bidirectional stream may start next. A pure machine: no gRPC, no thread, no clock; the caller locks.
//
// Invariants:
//  1. At most one read and one write are under way. A read is under way until its message was handled: read_done().
//  2. Items are written in the order pushed, each once.
//  3. After end() no read starts and nothing can be pushed; what was pushed before is still written; then it finishes.
//     After abort() what was not begun is dropped.
//  4. next_finish() answers once. After that nothing starts any more.
#pragma once

#include <deque>
#include <optional>
#include <utility>

namespace cxstream::transport {

template <class Item, class Status>
class duplex {
public:
  void push(Item item) {
    if (!ending_)
      queue_.push_back(std::move(item));
  }
  // Whether another read is wanted once the one under way is done.
  void want_read(bool wanted) {
    want_read_ = wanted;
  }
  // The first status given is the one the stream ends with.
  void end(Status status) {
    if (!ending_)
      ending_ = std::move(status);
  }
  void abort(Status status) {
    end(std::move(status));
    while (queue_.size() > (writing_ ? 1u : 0u))
      queue_.pop_back();
  }
  bool ending() const {
    return ending_.has_value();
  }

  // True: start a read now.
  bool next_read() {
    if (reading_ || read_over_ || !want_read_ || ending_)
      return false;
    reading_ = true;
    return true;
  }
  // The item to write now, valid until write_done(); null when there is none.
  const Item* next_write() {
    if (writing_ || finished_ || queue_.empty())
      return nullptr;
    writing_ = true;
    return &queue_.front();
  }
  // More items lie behind the one being written.
  bool more_to_write() const {
    return queue_.size() > 1;
  }
  // The status to finish with now, once.
  std::optional<Status> next_finish() {
    if (!ending_ || writing_ || finished_ || !queue_.empty())
      return std::nullopt;
    finished_ = true;
    return ending_;
  }

  // False when the other side will send no more.
  void read_done(bool ok) {
    reading_ = false;
    read_over_ = read_over_ || !ok;
  }
  // The item that was written, or failed to be. Precondition: a write is under way.
  Item write_done() {
    writing_ = false;
    Item item = std::move(queue_.front());
    queue_.pop_front();
    return item;
  }

private:
  std::deque<Item> queue_;
  std::optional<Status> ending_;
  bool want_read_ = false;
  bool reading_ = false;
  bool read_over_ = false;
  bool writing_ = false;
  bool finished_ = false;
};

} // namespace cxstream::transport
