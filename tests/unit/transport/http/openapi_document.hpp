// docs/openapi.yaml as tests compare answers with it.
#pragma once

#include "unit/transport/http/raw_client.hpp"

#include <yaml-cpp/yaml.h>

namespace cxstream::transport::test {

const YAML::Node& openapi_document();
// What "#/components/…" points to, or the node itself.
YAML::Node resolved(const YAML::Node& node);
// The answer has the headers and the members that a response of the document promises, and no other members.
void expect_as_described(const raw_answer& answer, const YAML::Node& described);

} // namespace cxstream::transport::test
