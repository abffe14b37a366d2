// Replays of a node, as the command line starts and shows them.
#pragma once

#include "integration/harness/node_process.hpp"
#include "integration/harness/patience.hpp"

namespace cxstream::integration {

// The id of a replay that begins now.
inline std::string started(const node_process& node, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"replay", "start"});
  return node.ask(arguments)["replay"]["id"];
}

inline nlohmann::json shown(const node_process& node, const std::string& id) {
  return node.ask({"replay", "show", id})["replay"];
}

// A count of it; counts of zero are not shown.
inline std::uint64_t number(const nlohmann::json& job, const char* field) {
  return job.contains(field) ? std::stoull(job[field].get<std::string>()) : 0;
}

[[nodiscard]] inline bool ends(const node_process& node, const std::string& id) {
  return eventually(120s, [&] { return shown(node, id)["state"] == "REPLAY_DONE"; });
}

} // namespace cxstream::integration
