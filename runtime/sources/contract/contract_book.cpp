#include "sources/contract/contract_book.hpp"

namespace cxstream::sources {

void contract_book::add(std::shared_ptr<schema_guard> guard) {
  const auto name = guard->settings().source;
  guards_.insert_or_assign(name, std::move(guard));
}

std::shared_ptr<schema_guard> contract_book::guard(const std::string& source) const {
  const auto found = guards_.find(source);
  return found == guards_.end() ? nullptr : found->second;
}

void contract_book::close() {
  for (const auto& [name, each] : guards_)
    each->close(clock_.now());
}

void contract_book::look() {
  const auto now = clock_.now();
  for (const auto& [name, guard] : guards_)
    guard->look(now);
}

base::result<std::shared_ptr<schema_guard>> contract_book::find(const std::string& source) const {
  if (const auto found = guards_.find(source); found != guards_.end())
    return found->second;
  return base::error{base::error_code::not_found, "no source is named \"" + source + "\"; see `cxstream schema list`"};
}

void contract_book::list_schemas(v1::ListSchemasRequest, ports::reply<v1::ListSchemasResponse> done) {
  v1::ListSchemasResponse out;
  for (const auto& [name, guard] : guards_)
    *out.add_schemas() = guard->summary();
  done(std::move(out));
}

void contract_book::get_schema(v1::GetSchemaRequest request, ports::reply<v1::GetSchemaResponse> done) {
  auto guard = find(request.source());
  if (!guard)
    return done(guard.err());
  v1::GetSchemaResponse out;
  *out.mutable_summary() = (*guard)->summary();
  *out.mutable_schema() = (*guard)->schema();
  done(std::move(out));
}

void contract_book::get_schema_timeline(v1::GetSchemaTimelineRequest request,
                                        ports::reply<v1::GetSchemaTimelineResponse> done) {
  auto guard = find(request.source());
  if (!guard)
    return done(guard.err());
  auto schema = (*guard)->schema();
  v1::GetSchemaTimelineResponse out;
  auto& entries = *schema.mutable_timeline();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (request.limit() > 0 && static_cast<std::uint32_t>(out.drifts_size()) == request.limit())
      break;
    *out.add_drifts() = std::move(*entry);
  }
  done(std::move(out));
}

void contract_book::accept_schema(v1::AcceptSchemaRequest request, ports::reply<v1::AcceptSchemaResponse> done) {
  auto guard = find(request.source());
  done(guard ? (*guard)->accept(clock_.now()) : base::result<v1::AcceptSchemaResponse>(guard.err()));
}

} // namespace cxstream::sources
