#include "transport/http/http_connection.hpp"

#include "transport/http/gzip_body.hpp"
#include "transport/http/pending_exchange.hpp"

#include <boost/asio/post.hpp>

#include <exception>

namespace cxstream::transport {

http_connection::http_connection(std::shared_ptr<http_lane> lane, tcp::socket socket)
    : lane_(std::move(lane)), socket_(std::move(socket)) {
}

http_connection::~http_connection() {
  if (held_ > 0)
    lane_->core().budget.give(held_);
}

void http_connection::start() {
  boost::system::error_code error;
  socket_.native_non_blocking(true, error);
  socket_.set_option(tcp::no_delay(true), error);
  const auto& limits = lane_->core().options.limits;
  if (lane_->core().tls) {
    tls_ = lane_->core().tls->accept(socket_.native_handle());
    enter(phase::handshake, limits.head_max);
  } else {
    enter(phase::idle, limits.idle_max);
  }
  wait_to_read();
}

void http_connection::turn_away() {
  boost::system::error_code error;
  socket_.native_non_blocking(true, error);
  if (lane_->core().tls)
    return close(); // a handshake for a refusal costs more than the refusal is worth
  read_all_ = false;
  respond(http_error_later(503, "unavailable", "the server has as many connections as it may: try again later",
                           std::chrono::seconds{5}),
          after_answer::close);
}

void http_connection::drain() {
  if (phase_ == phase::idle || phase_ == phase::handshake)
    close();
}

void http_connection::close() {
  if (phase_ == phase::closed)
    return;
  const auto self = shared_from_this(); // the lane lets go of it below
  phase_ = phase::closed;
  guest_.reset();
  reader_.reset();
  taker_.reset();
  if (tls_)
    tls_->finish();
  boost::system::error_code error;
  socket_.close(error);
  lane_->remove(*this);
  lane_->core().one_left();
}

void http_connection::take(std::string_view bytes) {
  if (unread_.empty()) {
    const std::size_t used = parse(bytes);
    unread_.assign(bytes.substr(used));
  } else {
    unread_.append(bytes);
    unread_.erase(0, parse(unread_));
  }
  if (phase_ == phase::head || phase_ == phase::body)
    wait_to_read();
  else if (phase_ == phase::idle && !unread_.empty())
    resume_later();
}

std::size_t http_connection::parse(std::string_view bytes) {
  if (phase_ == phase::idle) {
    reader_ = std::make_unique<request_reader>(lane_->core().options.limits.head_bytes_max);
    enter(phase::head, lane_->core().options.limits.head_max);
  }
  std::size_t used = 0;
  while (phase_ == phase::head || phase_ == phase::body) {
    const std::size_t n = reader_->feed(bytes.substr(used));
    used += n;
    if (reader_->problem())
      refuse(*reader_->problem());
    else if (phase_ == phase::head && reader_->head_done())
      on_head();
    else if (phase_ == phase::body && !account())
      break;
    else if (phase_ == phase::body && is_piece_due())
      pass_piece();
    else if (reader_->done())
      dispatch();
    else if (n == 0 || used == bytes.size())
      break;
  }
  return used;
}

void http_connection::on_head() {
  auto& core = lane_->core();
  // No route takes HEAD, and the client would take the refusal's body for its next answer.
  keep_alive_ = reader_->keep_alive() && reader_->method() != "HEAD";
  auto found = core.router.find(reader_->method(), reader_->target());
  if (auto* nothing = std::get_if<http_response>(&found))
    return refuse(std::move(*nothing));
  const auto& it = std::get<http_router::found>(found);
  route_ = it.route;
  captured_ = it.captured;
  reader_->limit_body(route_->body_bytes_max);
  if (reader_->problem())
    return refuse(*reader_->problem());
  const auto encoding = route_->bodies ? std::string_view() : reader_->header("content-encoding");
  if (!encoding.empty() && encoding != "gzip" && encoding != "identity") {
    auto response = http_error(415, "unsupported_encoding", "the body may be sent as it is, or as gzip");
    response.headers.push_back({"Accept-Encoding", "gzip"});
    return refuse(std::move(response));
  }
  if (!reader_->header("expect").empty() && !reader_->expects_continue())
    return refuse(http_error(417, "expectation_failed", "the only expectation known here is 100-continue"));
  if (!core.budget.open())
    return refuse(http_error_later(503, "overloaded", "the node holds as many bytes as it may: try again later",
                                   std::chrono::seconds{2}));
  begin_body();
}

void http_connection::begin_body() {
  // The socket's buffer is empty here, so these few bytes fit or the client is gone.
  const bool is_awaited = reader_->expects_continue() && reader_->has_body();
  if (route_->bodies && !begin_taking())
    return;
  enter(phase::body, lane_->core().options.limits.body_max);
  if (is_awaited && write_some(continue_text()).state != io_state::done)
    close();
}

http_request http_connection::take_head() {
  http_request request{std::string(reader_->method()), std::move(captured_), {}};
  request.body_bytes = reader_->announced_body();
  request.payload.target = reader_->target();
  request.payload.headers = reader_->take_headers();
  boost::system::error_code error;
  const auto peer = socket_.remote_endpoint(error);
  if (!error)
    request.payload.peer = peer.address().to_string() + ":" + std::to_string(peer.port());
  if (tls_)
    request.payload.client_subject = tls_->client_subject();
  return request;
}

bool http_connection::account() {
  auto& budget = lane_->core().budget;
  const std::uint64_t grown = reader_->body_size() - held_;
  if (grown == 0)
    return true;
  if (!taker_ && !budget.open()) { // what is passed on is soon gone, and a long upload is not to be thrown away
    refuse(http_error_later(503, "overloaded", "the node holds as many bytes as it may: try again later",
                            std::chrono::seconds{2}));
    return false;
  }
  budget.take(grown);
  held_ += grown;
  return true;
}

void http_connection::dispatch() {
  auto& core = lane_->core();
  const bool packed = reader_->header("content-encoding") == "gzip" && reader_->body_size() > 0;
  auto request = take_head();
  request.payload.body = reader_->take_body();
  if (packed) {
    std::string plain;
    const auto how = inflate_gzip(request.payload.body, route_->body_bytes_max, plain);
    if (how == inflated::too_large)
      return refuse(http_error(413, "body_too_large",
                               "the body has more than " + std::to_string(route_->body_bytes_max) +
                                   " bytes when it is unpacked: send it in parts"));
    if (how == inflated::broken)
      return refuse(
          http_error(400, "bad_encoding", "Content-Encoding says gzip, but the body is none or is cut short"));
    core.budget.take(plain.size());
    held_ += plain.size();
    request.payload.body = std::move(plain);
  }
  reader_.reset();
  enter(phase::handling, core.options.limits.answer_max);
  const auto exchange =
      std::make_shared<pending_exchange>(lane_, shared_from_this(), ++request_, std::exchange(held_, 0));
  try {
    route_->handler->handle(std::move(request), exchange);
  } catch (const std::exception& thrown) {
    exchange->answer(thrown_by_handler(thrown));
  }
}

http_response http_connection::thrown_by_handler(const std::exception& thrown) {
  lane_->core().log.error("an HTTP handler threw", {{"path", route_->path}, {"what", thrown.what()}});
  return http_error(500, "internal", "the request made the server fail: this is a defect, report it");
}

void http_connection::deliver(std::uint64_t request, http_response response) {
  if (phase_ != phase::handling || request != request_)
    return;
  const bool stay = keep_alive_ && !lane_->core().draining;
  read_all_ = true;
  respond(response, stay ? after_answer::keep_open : after_answer::close);
}

void http_connection::refuse(http_response response) {
  read_all_ = reader_ && reader_->done();
  const bool stay = read_all_ && keep_alive_ && !lane_->core().draining;
  respond(response, stay ? after_answer::keep_open : after_answer::close);
}

void http_connection::respond(const http_response& response, after_answer then) {
  reader_.reset();
  taker_.reset();
  if (held_ > 0)
    lane_->core().budget.give(std::exchange(held_, 0));
  out_ = response_text(response, then, lane_->date());
  written_ = 0;
  closing_ = then == after_answer::close;
  enter(phase::writing, lane_->core().options.limits.write_max);
  write();
}

void http_connection::on_written() {
  const auto& limits = lane_->core().options.limits;
  if (closing_ && read_all_)
    return close();
  if (closing_) {
    boost::system::error_code error;
    if (tls_)
      tls_->finish();
    socket_.shutdown(tcp::socket::shutdown_send, error);
    unread_.clear();
    enter(phase::lingering, limits.linger_max);
    return wait_to_read();
  }
  if (lane_->core().draining && unread_.empty())
    return close();
  enter(phase::idle, limits.idle_max);
  if (unread_.empty())
    wait_to_read();
  else
    resume_later();
}

// By the queue: a thousand pipelined requests must not become a thousand stack frames.
void http_connection::resume_later() {
  boost::asio::post(lane_->io(), [connection = weak_from_this()] {
    if (const auto there = connection.lock())
      there->resume();
  });
}

void http_connection::resume() {
  if ((phase_ == phase::idle || phase_ == phase::body) && !unread_.empty())
    take({});
}

} // namespace cxstream::transport
