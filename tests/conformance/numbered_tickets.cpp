#include "conformance/numbered_tickets.hpp"

#include "cxstream/v1/event.pb.h"

namespace cxstream::conformance {

namespace {

constexpr int a_letter = 1'000;

class numbering final : public ports::target {
public:
  explicit numbering(std::unique_ptr<ports::target> connector) : connector_(std::move(connector)) {
  }
  base::result<void> open() override {
    return connector_->open();
  }
  base::result<std::vector<ports::target_position>> positions() override {
    return connector_->positions();
  }
  std::vector<ports::delivery_outcome> deliver(std::span<const ports::delivery> events, base::timestamp now) override {
    std::vector<ports::delivery> numbered(events.begin(), events.end());
    for (auto& e : numbered) {
      e.ticket_id = number_of(e.ticket_id);
      v1::CanonicalEvent event;
      if (!event.ParseFromString(e.event))
        continue; // what is no event stays none
      event.set_ticket_id(e.ticket_id);
      e.event = event.SerializeAsString();
    }
    return connector_->deliver(numbered, now);
  }
  void close() override {
    connector_->close();
  }

private:
  std::unique_ptr<ports::target> connector_;
};

} // namespace

std::string number_of(const std::string& ticket) {
  return std::to_string((ticket.front() - 'A' + 1) * a_letter + std::stoi(ticket.substr(1)));
}

std::string name_of(const std::string& number) {
  const auto n = std::stoi(number);
  return static_cast<char>('A' + n / a_letter - 1) + std::to_string(n % a_letter);
}

std::vector<std::string> numbers_of_all_tickets() {
  constexpr int of_a_letter = 64;
  std::vector<std::string> out;
  for (const char letter : {'A', 'B', 'D', 'T'})
    for (int n = 0; n < of_a_letter; ++n)
      out.push_back(number_of(letter + std::to_string(n)));
  return out;
}

std::unique_ptr<ports::target> with_numbered_tickets(std::unique_ptr<ports::target> connector) {
  return std::make_unique<numbering>(std::move(connector));
}

} // namespace cxstream::conformance
