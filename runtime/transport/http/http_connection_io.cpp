// The socket's side of a connection: readiness, reads, writes and deadlines.
#include "transport/http/http_connection.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace cxstream::transport {

using std::chrono::steady_clock;

void http_connection::enter(phase next, std::chrono::milliseconds at_most) {
  phase_ = next;
  since_ = steady_clock::now();
  deadline_ = since_ + at_most;
  cooled_ = false;
}

void http_connection::wait_to_read() {
  if (std::exchange(waiting_to_read_, true))
    return;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
    self->waiting_to_read_ = false;
    if (error)
      self->close();
    else
      self->on_ready();
  });
}

void http_connection::wait_to_write() {
  if (std::exchange(waiting_to_write_, true))
    return;
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
    self->waiting_to_write_ = false;
    if (error)
      self->close();
    else
      self->on_ready();
  });
}

void http_connection::on_ready() {
  switch (phase_) {
    case phase::handshake:
      return shake_hands();
    case phase::idle:
    case phase::head:
    case phase::body:
      return read();
    case phase::writing:
      return write();
    case phase::lingering:
      return discard();
    case phase::passing:
    case phase::handling: // what came meanwhile waits in the kernel
    case phase::closed:
      return;
  }
}

bool http_connection::wait_for(io_state state) {
  if (state == io_state::want_read)
    wait_to_read();
  else if (state == io_state::want_write)
    wait_to_write();
  else
    return false;
  return true;
}

void http_connection::shake_hands() {
  const auto result = tls_->handshake();
  if (result.state == io_state::done) {
    enter(phase::idle, lane_->core().options.limits.idle_max);
    read(); // the first request may have come with the last of the handshake
  } else if (!wait_for(result.state)) {
    close();
  }
}

void http_connection::read() {
  const auto result = read_some();
  if (result.state == io_state::done) {
    take({lane_->scratch().data(), result.bytes});
  } else if (wait_for(result.state)) {
    return;
  } else if (result.state == io_state::ended && reader_) {
    reader_->end();
    if (reader_->problem())
      refuse(*reader_->problem());
  } else {
    close();
  }
}

void http_connection::discard() {
  const auto result = read_some();
  if (result.state == io_state::done)
    wait_to_read();
  else if (!wait_for(result.state))
    close();
}

void http_connection::write() {
  while (written_ < out_.size()) {
    const auto result = write_some(std::string_view(out_).substr(written_));
    if (result.state != io_state::done) {
      if (!wait_for(result.state))
        close();
      return;
    }
    written_ += result.bytes;
  }
  on_written();
}

io_result http_connection::read_some() {
  auto& scratch = lane_->scratch();
  if (tls_)
    return tls_->read(scratch.data(), scratch.size());
  const auto n = ::recv(socket_.native_handle(), scratch.data(), scratch.size(), 0);
  if (n > 0)
    return {io_state::done, static_cast<std::size_t>(n)};
  if (n == 0)
    return {io_state::ended};
  return {errno == EAGAIN || errno == EINTR ? io_state::want_read : io_state::failed};
}

io_result http_connection::write_some(std::string_view bytes) {
  if (tls_)
    return tls_->write(bytes);
  const auto n = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n >= 0)
    return {io_state::done, static_cast<std::size_t>(n)};
  return {errno == EAGAIN || errno == EINTR ? io_state::want_write : io_state::failed};
}

void http_connection::sweep(time_point now) {
  const auto& limits = lane_->core().options.limits;
  auto until = deadline_;
  if (phase_ == phase::body && reader_ && limits.body_bytes_per_s_min > 0)
    until += std::chrono::milliseconds(reader_->body_size() * 1'000 / limits.body_bytes_per_s_min);
  if (now >= until)
    overdue(now);
  else if (phase_ == phase::idle && !cooled_ && now - since_ >= limits.cool_after)
    cool_down();
}

void http_connection::overdue(time_point now) {
  switch (phase_) {
    case phase::head:
    case phase::body:
      return refuse(http_error(408, "request_timeout",
                               phase_ == phase::head ? "the request's head did not come in time: send it at once"
                                                     : "the request's body comes too slowly: send it faster"));
    case phase::passing:
      return refuse(http_error_later(503, "unavailable", "the disk does not take the body in time: send it again later",
                                     std::chrono::seconds{5}));
    case phase::handling:
      lane_->core().log.warn_sparsely(
          "http answer late", std::chrono::seconds{10}, "an HTTP request was not answered in time",
          {{"path", route_->path}, {"waited_s", std::chrono::duration<double>(now - since_).count()}});
      read_all_ = true;
      return respond(http_error_later(503, "unavailable",
                                      "the node did not decide in time; it may have taken the events: send them again",
                                      std::chrono::seconds{5}),
                     after_answer::close);
    default:
      return close();
  }
}

void http_connection::cool_down() {
  cooled_ = true;
  guest_.reset();
  unread_ = {};
  out_ = {};
  captured_ = {};
}

} // namespace cxstream::transport
