// The settings that every sink has which tells people things. docs/connectors/slack.md explains them.
#pragma once

#include "connectors/blueprint.hpp"
#include "connectors/http/http_plan.hpp"
#include "connectors/ops/ops_target.hpp"

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace cxstream::connectors {

constexpr std::array<std::string_view, 5> ops_setting_names{"rules_file", "message", "group_by", "burst_window",
                                                            "message_spacing"};

// A kind's own names, those of every sink that tells people things, and those of every HTTP sink.
std::vector<std::string_view> with_ops_settings(std::span<const std::string_view> own);

// What is particular to a kind of channel.
struct ops_defaults {
  std::string group_by; // template of what makes events be about the same
  std::chrono::milliseconds burst_window{0};
  std::chrono::milliseconds pace{0};
  escaping values = escaping::none;
  std::size_t text_bytes_max = 3'000;
};

// Reads them and puts the target together. What is wrong is noted in `s`, or an error: invalid_argument.
base::result<blueprint> plan_ops(const config::sink_config& sink, settings& s, const ops_defaults& defaults,
                                 const surroundings& near, std::unique_ptr<ops_channel> channel);

} // namespace cxstream::connectors
