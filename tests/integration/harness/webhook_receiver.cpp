#include "integration/harness/webhook_receiver.hpp"

#include "integration/harness/http_client.hpp"
#include "integration/harness/patience.hpp"

#include <csignal>
#include <fstream>
#include <set>
#include <stdexcept>

namespace cxstream::integration {

using std::chrono_literals::operator""s;

webhook_receiver::webhook_receiver(const scratch_dir& dir, std::string name, const std::vector<std::string>& options)
    : files_(dir / name) {
  start("0", options);
}

void webhook_receiver::stop() {
  process_->signal(SIGTERM);
  if (!process_->wait(10s))
    throw std::runtime_error("the receiver does not end");
}

void webhook_receiver::restart(const std::vector<std::string>& options) {
  if (process_->is_running())
    stop();
  start(port_, options);
}

void webhook_receiver::start(const std::string& port, const std::vector<std::string>& options) {
  const auto out = files_ + ".out";
  write_file(out, "");
  std::vector<std::string> command{cxstream_binary(), "receiver", "--port", port, "--log", files_ + ".ndjson"};
  command.insert(command.end(), options.begin(), options.end());
  process_ = std::make_unique<child_process>(command, out, files_ + ".err");
  std::string text;
  const bool listens = eventually(10s, [&] {
    text = read_file(out);
    return text.find('\n') != std::string::npos;
  });
  if (!listens || !text.starts_with("listening on "))
    throw std::runtime_error("the receiver does not listen: " + text + read_file(files_ + ".err"));
  const auto line = text.substr(0, text.find('\n'));
  port_ = line.substr(line.rfind(':') + 1);
}

received_sequences webhook_receiver::received() const {
  received_sequences out;
  std::set<std::pair<std::string, std::string>> seen;
  if (!std::filesystem::exists(files_ + ".ndjson"))
    return out;
  for (const auto& line : read_ndjson(files_ + ".ndjson")) {
    const std::string ticket = line.at("ticket_id");
    if (seen.emplace(ticket, line.at("idempotency_key").get<std::string>()).second)
      out[ticket].push_back(line.at("ticket_sequence"));
  }
  return out;
}

received_sequences webhook_receiver::arrivals() const {
  received_sequences out;
  std::ifstream in(files_ + ".ndjson", std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const auto event = nlohmann::json::parse(line);
    out[event.at("ticket_id")].push_back(event.at("ticket_sequence"));
  }
  return out;
}

std::uint64_t webhook_receiver::count(const std::string& name) const {
  return nlohmann::json::parse(http_get("127.0.0.1:" + port_, "/stats").body).at(name);
}

std::vector<std::string> out_of_order(const received_sequences& received) {
  std::vector<std::string> out;
  for (const auto& [ticket, sequences] : received)
    for (std::size_t i = 0; i < sequences.size(); ++i)
      if (sequences[i] != i + 1) {
        out.push_back(ticket + ": " + std::to_string(sequences[i]) + " came at place " + std::to_string(i + 1));
        break;
      }
  return out;
}

} // namespace cxstream::integration
