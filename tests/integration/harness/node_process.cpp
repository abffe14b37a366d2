#include "integration/harness/node_process.hpp"

#include "integration/harness/patience.hpp"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace cxstream::integration {

namespace {

constexpr int answer_bytes_max = 64 << 20;
constexpr std::size_t last_words = 2'000;

} // namespace

node_process::node_process(const scratch_dir& dir, node_setup setup) : dir_(dir.path()), setup_(std::move(setup)) {
  write_file(dir_ + "/node.yaml", "delivery_priority: normal\nstorage: {data_dir: " + setup_.data_dir +
                                      setup_.storage_tail + "}\n" + "ingest: {batch_bytes_max: 4MiB" +
                                      setup_.ingest_tail + "}\n" + "sinks: " + setup_.sinks + "\n" + setup_.more +
                                      "\n");
}

void node_process::start() {
  const auto addresses = setup_.data_dir + "/node.json";
  std::filesystem::remove(addresses);
  process_ = std::make_unique<child_process>(
      std::vector<std::string>{cxstream_binary(), "serve", "--config", dir_ + "/node.yaml", "--grpc", "127.0.0.1:0",
                               "--http", "127.0.0.1:0", "--intake", "127.0.0.1:0"},
      dir_ + "/node.log", dir_ + "/node.log");
  nlohmann::json found;
  const bool told = eventually(60s, [&] {
    if (!process_->is_running())
      return true;
    if (std::filesystem::exists(addresses))
      found = nlohmann::json::parse(read_file(addresses), nullptr, false);
    return found.is_object();
  });
  if (!told || !found.is_object())
    throw std::runtime_error("the node did not start:\n" + log());
  grpc_address_ = found.at("grpc");
  http_address_ = found.at("http");
  intake_address_ = found.at("intake");
}

void node_process::kill9() {
  process_->kill9();
}

void node_process::bury() {
  process_.reset();
}

std::optional<int> node_process::terminate(std::chrono::milliseconds patience) {
  process_->signal(SIGTERM);
  return process_->wait(patience);
}

std::shared_ptr<grpc::Channel> node_process::channel() const {
  [[maybe_unused]] static const bool kept = (grpc_init(), true); // its shutdown may take ten seconds
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(answer_bytes_max);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(grpc_address_, grpc::InsecureChannelCredentials(), arguments);
}

finished_command node_process::cli(std::vector<std::string> arguments, std::chrono::milliseconds patience) const {
  arguments.insert(arguments.begin(), cxstream_binary());
  arguments.insert(arguments.end(), {"--server", grpc_address_});
  return run_command(arguments, patience);
}

nlohmann::json node_process::ask(std::vector<std::string> arguments, std::chrono::milliseconds patience) const {
  arguments.emplace_back("--json");
  const auto done = cli(arguments, patience);
  auto json = nlohmann::json::parse(done.out, nullptr, false);
  if (json.is_discarded())
    throw std::runtime_error("cxstream " + arguments.at(0) + " ended with " + std::to_string(done.exit_code) +
                             " and no JSON:\n" + done.out + done.err);
  return json;
}

std::vector<nlohmann::json> node_process::history(const std::string& ticket) const {
  const auto told =
      run_command({cxstream_binary(), "ticket", "history", "--json", "--server", grpc_address_, "--", ticket}, 30s);
  std::vector<nlohmann::json> out;
  std::istringstream lines(told.out);
  for (std::string line; std::getline(lines, line);)
    out.push_back(nlohmann::json::parse(line));
  return out;
}

std::map<std::string, std::uint64_t> node_process::counts(std::string_view sink) const {
  std::map<std::string, std::uint64_t> out;
  const auto list = ask({"sink", "list"});
  for (const auto& status : list.at("sinks"))
    if (status.at("name") == sink)
      for (const auto& [name, count] : status.at("counts").items())
        out[name] = std::stoull(count.get<std::string>());
  return out;
}

bool node_process::drains(std::chrono::milliseconds within, const std::vector<std::string>& sinks) const {
  return eventually(within, [&] {
    const auto all = ask({"sink", "list"}).at("sinks");
    return std::all_of(all.begin(), all.end(), [&](const nlohmann::json& status) {
      const auto& counts = status.at("counts");
      const bool asked =
          sinks.empty() || std::find(sinks.begin(), sinks.end(), status.at("name").get<std::string>()) != sinks.end();
      return !asked || (counts.at("pending") == "0" && counts.at("waiting") == "0");
    });
  });
}

std::string node_process::contradictions() const {
  const auto proof = ask({"verify", "--deep"});
  return proof.at("ok").get<bool>() ? "" : proof.dump(1);
}

std::string node_process::log() const {
  const auto text = read_file(dir_ + "/node.log");
  return text.size() > last_words ? text.substr(text.size() - last_words) : text;
}

std::unique_ptr<grpc::ClientContext> within(std::chrono::milliseconds timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + timeout);
  return context;
}

} // namespace cxstream::integration
