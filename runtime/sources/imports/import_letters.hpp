// Dead letters of rows that make no event, and their reader when they are tried again. Pure.
//
// Invariant: a row of a job has one letter, whenever it is made: its id is made of the job and the row's place. So a
// batch that is submitted again after a crash leaves one letter a row.
#pragma once

#include "model/validate.hpp"
#include "ports/payload.hpp"
#include "sources/files/row_batch.hpp"
#include "sources/imports/import_mappings.hpp"

#include "cxstream/v1/admin.pb.h"
#include "cxstream/v1/imports.pb.h"

#include <memory>
#include <string>
#include <vector>

namespace cxstream::sources {

// "import/servicenow_log": no configured source has a slash in its name. `mapping`: the name alone; empty for canonical
// events.
std::string import_letter_source(const std::string& mapping);

// What the letters of a run's rows share.
struct letter_ground {
  const v1::ImportJob& job;
  const mapping& rules;
  std::string header; // of a table
};

// The letters of a batch's refused rows, before the batch is submitted. `rows_before`: of the job, dealt with before.
std::vector<v1::DeadLetter> import_letters(const letter_ground& ground, std::uint64_t rows_before,
                                           const row_batch& batch);

// The reader of the letters of a source; null where it names none of the node's mappings, or is no import's. What a
// record alone does not tell (its surroundings in XML, the whole document in JSON) is not guessed: it is refused again.
std::shared_ptr<const ports::payload_reader> import_letter_reader(const import_mappings& mappings,
                                                                  const std::string& source,
                                                                  const model::validation_limits& limits);

} // namespace cxstream::sources
