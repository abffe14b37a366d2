// Writes the JSON Schema of the canonical event into a folder, or with --check compares the one that is there.
//   json_schema [--check] DESCRIPTORS FOLDER
// DESCRIPTORS is what `protoc --include_imports --include_source_info --descriptor_set_out` gives for event.proto.
#include "schema/field_rules.hpp"
#include "schema/schema_writer.hpp"

#include <google/protobuf/descriptor.pb.h>

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace cxstream::tools;
using google::protobuf::Descriptor;

// A rule for a field that was renamed would silently bound nothing.
void check_rules(const Descriptor& event) {
  for (const auto& rule : field_rules()) {
    const std::string path{rule.path};
    const auto dot = path.find('.');
    const auto* field = event.FindFieldByName(path.substr(0, dot));
    if (field && dot != std::string::npos)
      field = field->message_type() ? field->message_type()->FindFieldByName(path.substr(dot + 1)) : nullptr;
    if (!field)
      throw std::runtime_error("tools/schema/field_rules.cpp has a rule for '" + path + "', which is no field");
  }
}

std::string event_schema(const std::filesystem::path& descriptors) {
  std::ifstream in{descriptors, std::ios::binary};
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromIstream(&in))
    throw std::runtime_error(descriptors.string() + " is no descriptor set");
  google::protobuf::DescriptorPool pool;
  for (const auto& file : set.file())
    if (!pool.BuildFile(file))
      throw std::runtime_error("cannot build the descriptors of " + file.name());
  const auto* event = pool.FindMessageTypeByName("cxstream.v1.CanonicalEvent");
  if (!event)
    throw std::runtime_error(descriptors.string() + " has no message cxstream.v1.CanonicalEvent");
  check_rules(*event);
  return schema_writer{}.write(*event).dump(2) + "\n";
}

void write(const std::filesystem::path& path, const std::string& schema) {
  std::ofstream out{path, std::ios::binary};
  out << schema;
  out.close();
  if (!out)
    throw std::runtime_error("cannot write " + path.string());
}

bool is_current(const std::filesystem::path& path, const std::string& schema) {
  std::ifstream in{path, std::ios::binary};
  const std::string committed{std::istreambuf_iterator<char>{in}, {}};
  if (committed != schema)
    std::cerr << path.string() << " is not what proto/cxstream/v1/event.proto gives. Run ./dev schema and commit it.\n";
  return committed == schema;
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments{argv + 1, argv + argc};
  const bool check = !arguments.empty() && arguments.front() == "--check";
  if (check)
    arguments.erase(arguments.begin());
  if (arguments.size() != 2) {
    std::cerr << "usage: json_schema [--check] DESCRIPTORS FOLDER\n";
    return 2;
  }
  try {
    const auto schema = event_schema(arguments[0]);
    const auto path = std::filesystem::path{arguments[1]} / "canonical_event.v1.schema.json";
    if (check)
      return is_current(path, schema) ? 0 : 1;
    write(path, schema);
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "json_schema: " << e.what() << "\n";
    return 2;
  }
}
