// Bodies of POST /v1/events in every form: nothing is lost, whatever they hold.
#include "fuzz/fuzzing.hpp"
#include "transport/http/event_document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cxstream;
  constexpr const char* types[] = {"application/json", "application/x-ndjson", "application/cloudevents+json",
                                   "application/cloudevents-batch+json"};
  fuzz::input in(data, size);
  ports::payload payload;
  payload.headers.push_back({"content-type", types[in.choose(std::size(types))]});
  if (in.choose(2) == 1)
    for (const auto* name : {"ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time"})
      payload.headers.push_back({name, std::string(in.text())});
  payload.body = in.rest();
  const auto read = transport::read_event_document(transport::form_of(payload), payload, 1'000);
  fuzz::must(!read.unreadable || read.records.size() == 1, "what cannot be read is one refusal");
  fuzz::must(read.too_many || !read.records.empty() || payload.body.size() < 100 ||
                 payload.body.find_first_not_of(" \t\r\n[]") == payload.body.npos,
             "every body comes to something");
  return 0;
}
