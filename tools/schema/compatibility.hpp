// Whether today's contract can still talk to who was built with yesterday's: two sets of descriptors compared by the
// rules of CONTRIBUTING.md ("fields are added, never renumbered or given another meaning"). Pure; thread-safe.
//
// What is new is always allowed. What is gone must have left its number and its name reserved, so that nobody gives
// them another meaning; messages, enums, services and calls cannot go at all.
#pragma once

#include <google/protobuf/descriptor.pb.h>

#include <string>
#include <vector>

namespace cxstream::tools {

// Each break as a line: "cxstream.v1.Ticket.status: its number was 3 and is 4; …". Empty: compatible.
std::vector<std::string> breaks(const google::protobuf::FileDescriptorSet& baseline,
                                const google::protobuf::FileDescriptorSet& today);

} // namespace cxstream::tools
