// Answers about tickets.
#include "actors/node/asker.hpp"
#include "actors/node/node.hpp"
#include "ports/keys.hpp"
#include "protocols/history.hpp"

#include "cxstream/v1/storage.pb.h"

namespace cxstream::actors {

namespace {

namespace keys = ports::keys;

std::uint32_t page_size_of(std::uint32_t wanted) {
  constexpr std::uint32_t size_default = 100, size_max = 1'000;
  return wanted == 0 ? size_default : std::min(wanted, size_max);
}

class service final : public ports::query_service {
public:
  explicit service(const node_parts& parts) : parts_(parts) {
  }

  void get_ticket(v1::GetTicketRequest request, ports::reply<v1::GetTicketResponse> done) override {
    ask<bytes_answer>(parts_.system, parts_.actor_for(request.ticket_id()), ask_ticket{request.ticket_id()},
                      [done = std::move(done)](base::result<bytes_answer> answer) {
                        v1::GetTicketResponse out;
                        if (!answer)
                          done(answer.err());
                        else if (!answer->result.ok)
                          done(answer->result.why);
                        else if (!out.mutable_ticket()->ParseFromString(answer->bytes))
                          done(base::error{base::error_code::internal, "a ticket state could not be read"});
                        else
                          done(std::move(out));
                      });
  }

  void get_ticket_history(v1::GetTicketHistoryRequest request,
                          ports::reply<v1::GetTicketHistoryResponse> done) override {
    const auto size = page_size_of(request.page_size());
    const base::ticket_sequence from{std::max<std::uint64_t>(request.from_sequence(), 1)};
    const auto partition = parts_.partition_of(request.ticket_id());
    ask<offsets_answer>(parts_.system, parts_.actor_for(request.ticket_id()),
                        ask_ticket_offsets{request.ticket_id(), from, size + 1},
                        [this, from, size, partition, ticket = request.ticket_id(),
                         done = std::move(done)](base::result<offsets_answer> answer) {
                          if (!answer)
                            done(answer.err());
                          else if (!answer->result.ok)
                            done(answer->result.why);
                          else
                            done(page_of(partition, ticket, from, size, answer->offsets));
                        });
  }

  // States come from the store, so everything is written there first.
  void search_tickets(v1::SearchTicketsRequest request, ports::reply<v1::SearchTicketsResponse> done) override {
    ask_all<bytes_answer>(
        parts_.system, parts_.partitions, ask_totals{true},
        [this, request = std::move(request), done = std::move(done)](base::result<std::vector<bytes_answer>> written) {
          if (!written)
            done(written.err());
          else
            done(search(request));
        });
  }

private:
  base::result<v1::GetTicketHistoryResponse> page_of(base::partition_id partition, const std::string& ticket,
                                                     base::ticket_sequence from, std::uint32_t size,
                                                     const std::vector<base::log_offset>& offsets) const {
    if (offsets.empty() && from.value == 1)
      return base::error{base::error_code::not_found, "there is no ticket '" + ticket + "'"};
    v1::GetTicketHistoryResponse out;
    for (std::size_t i = 0; i < offsets.size() && i < size; ++i) {
      auto item = protocols::read_event(parts_.config.store, partition, offsets[i]);
      if (!item)
        return item.err();
      if (!out.add_events()->ParseFromString(item->event))
        return base::error{base::error_code::corrupt, "an event of ticket '" + ticket + "' cannot be read"};
    }
    if (offsets.size() > size)
      out.set_next_sequence(from.value + size);
    return out;
  }

  // The page token is the key at which the next page begins.
  base::result<v1::SearchTicketsResponse> search(const v1::SearchTicketsRequest& request) const {
    v1::SearchTicketsResponse out;
    const auto size = page_size_of(request.page_size());
    for (std::uint16_t i = 0; i < parts_.partitions.size() && out.next_page_token().empty(); ++i) {
      const base::partition_id p{i};
      const auto prefix = keys::account(p, request.account_id());
      const auto end = keys::after_prefix(prefix);
      if (!request.page_token().empty() && request.page_token() >= end)
        continue;
      base::result<void> read;
      const auto visit = [&](std::string_view key, std::string_view) {
        if (static_cast<std::uint32_t>(out.tickets_size()) == size) {
          out.set_next_page_token(key.data(), key.size());
          return false;
        }
        read = add_ticket(p, keys::text_after(key, prefix.size()), out);
        return bool(read);
      };
      auto scanned =
          parts_.config.store.scan(ports::family::accounts, std::max(prefix, request.page_token()), end, visit);
      if (!scanned || !read)
        return scanned ? read.err() : scanned.err();
    }
    return out;
  }

  base::result<void> add_ticket(base::partition_id p, const std::string& ticket_id,
                                v1::SearchTicketsResponse& out) const {
    auto value = parts_.config.store.get(ports::family::tickets, keys::ticket(p, ticket_id));
    if (!value)
      return value.err();
    v1::TicketSnapshot snapshot;
    if (!*value || !snapshot.ParseFromString(**value))
      return base::error{base::error_code::corrupt, "the state of ticket '" + ticket_id + "' cannot be read"};
    *out.add_tickets() = std::move(*snapshot.mutable_state());
    return {};
  }

  const node_parts& parts_;
};

} // namespace

std::unique_ptr<ports::query_service> make_query_service(const node_parts& parts) {
  return std::make_unique<service>(parts);
}

} // namespace cxstream::actors
