// contract_book: the contracts of a node's sources, by name, and the desk at which operators see them. Filled before it
// is used; thread-safe from then on.
#pragma once

#include "ports/clock.hpp"
#include "ports/schema_desk.hpp"
#include "sources/contract/schema_guard.hpp"

#include <map>
#include <memory>
#include <string>

namespace cxstream::sources {

class contract_book final : public ports::schema_desk {
public:
  explicit contract_book(const ports::clock& clock) : clock_(clock) {
  }
  void add(std::shared_ptr<schema_guard> guard);
  // Null when there is no such source.
  std::shared_ptr<schema_guard> guard(const std::string& source) const;
  // To be called every few seconds.
  void look();
  // Saves what was not saved yet; when the node stops.
  void close();

  void list_schemas(v1::ListSchemasRequest request, ports::reply<v1::ListSchemasResponse> done) override;
  void get_schema(v1::GetSchemaRequest request, ports::reply<v1::GetSchemaResponse> done) override;
  void get_schema_timeline(v1::GetSchemaTimelineRequest request,
                           ports::reply<v1::GetSchemaTimelineResponse> done) override;
  void accept_schema(v1::AcceptSchemaRequest request, ports::reply<v1::AcceptSchemaResponse> done) override;

private:
  base::result<std::shared_ptr<schema_guard>> find(const std::string& source) const;

  const ports::clock& clock_;
  std::map<std::string, std::shared_ptr<schema_guard>> guards_;
};

} // namespace cxstream::sources
