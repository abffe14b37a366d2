// Bodies that are taken piece by piece, each when the one before lies where it belongs.
#include "transport/http/http_connection.hpp"
#include "transport/http/pending_exchange.hpp"

#include <boost/asio/post.hpp>

namespace cxstream::transport {

namespace {

// Large enough to make good writes, small enough that many uploads fit into little memory.
constexpr std::size_t piece_bytes = 256u << 10u;

} // namespace

bool http_connection::begin_taking() {
  try {
    auto begun = route_->bodies->begin(take_head());
    if (auto* taker = std::get_if<std::shared_ptr<body_taker>>(&begun))
      taker_ = std::move(*taker);
    else
      refuse(std::get<http_response>(std::move(begun)));
  } catch (const std::exception& thrown) {
    refuse(thrown_by_handler(thrown));
  }
  return taker_ != nullptr;
}

bool http_connection::is_piece_due() const {
  return taker_ && (reader_->body_size() >= piece_bytes || reader_->done());
}

void http_connection::pass_piece() {
  if (reader_->body_size() == 0)
    return finish_body();
  enter(phase::passing, lane_->core().options.limits.answer_max);
  // What is posted holds no connection, as in pending_exchange.
  taker_->take(reader_->take_body(),
               [lane = lane_, connection = weak_from_this(), piece = ++piece_](std::optional<http_response> refusal) {
                 boost::asio::post(lane->io(), [connection, piece, said = std::move(refusal)]() mutable {
                   if (const auto there = connection.lock())
                     there->passed(piece, std::move(said));
                 });
               });
}

void http_connection::passed(std::uint64_t piece, std::optional<http_response> refusal) {
  if (phase_ != phase::passing || piece != piece_)
    return;
  lane_->core().budget.give(std::exchange(held_, 0));
  if (refusal)
    return refuse(*std::move(refusal));
  if (reader_->done())
    return finish_body();
  enter(phase::body, lane_->core().options.limits.body_max);
  if (unread_.empty())
    wait_to_read();
  else
    take({});
}

void http_connection::finish_body() {
  const auto taker = std::move(taker_);
  reader_.reset();
  enter(phase::handling, lane_->core().options.limits.answer_max);
  taker->finish(std::make_shared<pending_exchange>(lane_, shared_from_this(), ++request_, std::exchange(held_, 0)));
}

} // namespace cxstream::transport
