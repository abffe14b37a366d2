// Compares today's contract with the one that was published, or publishes today's when that breaks nobody.
//   contract_baseline --check DESCRIPTORS BASELINE   fails when something broke, or when BASELINE lacks what is new
//   contract_baseline DESCRIPTORS BASELINE           writes BASELINE; refuses when something broke
// DESCRIPTORS is what `protoc --descriptor_set_out` gives for proto/cxstream/v1; BASELINE is the same as text.
#include "schema/compatibility.hpp"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using google::protobuf::FileDescriptorSet;
using google::protobuf::TextFormat;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>{in}, {}};
}

FileDescriptorSet contract_of(const std::filesystem::path& descriptors) {
  FileDescriptorSet set;
  if (!set.ParseFromString(content_of(descriptors)))
    throw std::runtime_error(descriptors.string() + " is no descriptor set");
  const auto by_name = [](const auto& a, const auto& b) { return a.name() < b.name(); };
  std::sort(set.mutable_file()->begin(), set.mutable_file()->end(), by_name);
  return set;
}

FileDescriptorSet published(const std::filesystem::path& baseline) {
  FileDescriptorSet set;
  if (!TextFormat::ParseFromString(content_of(baseline), &set))
    throw std::runtime_error(baseline.string() + " is no descriptor set in text form");
  return set;
}

std::string text_of(const FileDescriptorSet& set) {
  std::string text;
  TextFormat::PrintToString(set, &text);
  return text;
}

int run(bool check, const std::filesystem::path& descriptors, const std::filesystem::path& baseline) {
  const auto today = contract_of(descriptors);
  const auto was = std::filesystem::exists(baseline) ? published(baseline) : FileDescriptorSet{};
  const auto found = cxstream::tools::breaks(was, today);
  for (const auto& line : found)
    std::cerr << "the contract breaks who was built with it: " << line << '\n';
  if (!found.empty())
    return 1;
  if (check) {
    if (text_of(was) == text_of(today))
      return 0;
    std::cerr << baseline.string() << " lacks what is new in proto/cxstream/v1. Run ./dev schema, commit it, and say "
              << "what is new in docs/schema/CHANGELOG.md.\n";
    return 1;
  }
  std::ofstream out{baseline, std::ios::binary};
  out << text_of(today);
  out.close();
  if (!out)
    throw std::runtime_error("cannot write " + baseline.string());
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments{argv + 1, argv + argc};
  const bool check = !arguments.empty() && arguments.front() == "--check";
  if (check)
    arguments.erase(arguments.begin());
  if (arguments.size() != 2) {
    std::cerr << "usage: contract_baseline [--check] DESCRIPTORS BASELINE\n";
    return 2;
  }
  try {
    return run(check, arguments[0], arguments[1]);
  } catch (const std::exception& e) {
    std::cerr << "contract_baseline: " << e.what() << '\n';
    return 2;
  }
}
