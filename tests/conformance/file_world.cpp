// A directory of NDJSON on a disk in memory that can be full.
#include "conformance/conformance.hpp"
#include "conformance/json_lines.hpp"
#include "connectors/file/file_target.hpp"
#include "unit/connectors/memory_disk.hpp"

#include <sstream>

namespace cxstream::conformance {

namespace {

class file_world final : public world {
public:
  std::unique_ptr<ports::target> connect() override {
    v1::Projection everything;
    everything.set_kind(v1::BI);
    connectors::file_settings settings;
    settings.path = "d";
    settings.rotate_bytes = 4'096;
    return std::make_unique<connectors::file_target>(
        settings, connectors::json_event(*model::compile_projection(everything)), disk_);
  }
  ports::target_traits traits() const override {
    return connectors::file_target::traits;
  }
  std::vector<held_event> held() override {
    std::vector<held_event> out;
    for (const auto& [name, content] : disk_->files()) {
      if (name.ends_with(".ndjson"))
        add_lines(content->durable, out);
    }
    return out;
  }
  bool begin(const trouble& t) override {
    if (t.kind != trouble_kind::away)
      return false;
    disk_->fail_from(1, std::uint64_t{1} << 40u);
    return true;
  }
  void end() override {
    disk_->heal();
  }
  std::string cannot(trouble_kind) const override {
    return "a disk takes what it is given, or nothing";
  }

private:
  std::shared_ptr<connectors_test::memory_disk> disk_ = std::make_shared<connectors_test::memory_disk>();
};

INSTANTIATE_TEST_SUITE_P(file, ConnectorConformance, every_requirement<file_world>(), name_of_requirement);

} // namespace
} // namespace cxstream::conformance
