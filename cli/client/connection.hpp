// The way to a node. Plain functions.
#pragma once

#include "client/exit_code.hpp"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <string>

namespace cxstream::client {

inline constexpr const char* default_server = "127.0.0.1:7400";
inline constexpr std::size_t answer_bytes_max = 64u << 20u;

// Where a node is and how it knows the caller.
struct node_address {
  std::string server = default_server; // host:port
  std::string api_key;
  std::string ca_file;          // PEM: who may vouch for the node; given, the connection is TLS
  std::string certificate_file; // PEM: the caller's own, for mutual TLS
  std::string key_file;         // PEM: its private key
};

// Connects when it is first used, and again, quickly, after the connection was lost. A file that cannot be read throws
// std::runtime_error.
std::shared_ptr<grpc::Channel> connect(const node_address& node);

// A context whose call ends after `timeout`.
std::unique_ptr<grpc::ClientContext> call_within(std::chrono::milliseconds timeout);

// True when trying again can help: the node is away, busy or its disk is full.
bool is_passing(const grpc::Status& status);

// What went wrong and what to do, for people.
std::string explain(const grpc::Status& status, const std::string& server);

// The exit code that a failed call means.
exit_code exit_code_of(const grpc::Status& status);

} // namespace cxstream::client
