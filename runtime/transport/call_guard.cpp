#include "transport/call_guard.hpp"

namespace cxstream::transport {

std::string presented_key(const grpc::CallbackServerContext& context) {
  constexpr std::string_view bearer = "Bearer ";
  const auto& metadata = context.client_metadata();
  if (const auto found = metadata.find("authorization"); found != metadata.end()) {
    const std::string_view value(found->second.data(), found->second.size());
    if (value.starts_with(bearer))
      return std::string(value.substr(bearer.size()));
  }
  if (const auto found = metadata.find("x-api-key"); found != metadata.end())
    return {found->second.data(), found->second.size()};
  return {};
}

base::result<ports::grant> call_guard::check(const grpc::CallbackServerContext& context, ports::permission needed,
                                             std::string_view resource) const {
  if (guard_ == nullptr)
    return ports::grant{};
  return guard_->check(presented_key(context), needed, resource, context.peer());
}

grpc::ServerUnaryReactor* refuse_call(grpc::CallbackServerContext& context, const base::error& why) {
  auto* reactor = context.DefaultReactor();
  reactor->Finish(to_status(why));
  return reactor;
}

} // namespace cxstream::transport
