// Values of records as JSON. Pure.
#pragma once

#include "connectors/crm/record.hpp"
#include "connectors/encoding/json_text.hpp"

namespace cxstream::connectors {

void write_value(json_writer& json, const crm_value& value);
// As text, the way a cell or a form wants it; nothing for one that is empty.
std::string text_of(const crm_value& value);

} // namespace cxstream::connectors
