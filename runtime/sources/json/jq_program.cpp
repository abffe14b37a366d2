#include "sources/json/jq_program.hpp"

#include "sources/json/jq_guards.hpp"
#include "sources/json/jq_values.hpp"

extern "C" {
#include <jq.h>
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace cxstream::sources {

namespace {

struct teardown {
  void operator()(jq_state* jq) const {
    jq_teardown(&jq);
  }
};
using jq_handle = std::unique_ptr<jq_state, teardown>;

// An evaluation's input is [expression, record, payload, headers].
constexpr const char* bindings = ".[2] as $payload | .[3] as $headers | .[0] as $expression__ | .[1] | ";

std::string definition(std::size_t number, const std::string& expression) {
  return "def expression__" + std::to_string(number) + ": (\n" + expression + "\n);\n";
}

// Chooses by halves: jq compares one after another.
std::string choice(std::size_t from, std::size_t to) {
  if (to - from == 1)
    return "expression__" + std::to_string(from);
  const auto middle = from + (to - from) / 2;
  return "if $expression__ < " + std::to_string(middle) + " then " + choice(from, middle) + " else " +
         choice(middle, to) + " end";
}

// "jq: error: nope/0 is not defined at <top-level>, line 2:\n.a | nope" → what and where, as the mapping's author sees
// it.
std::string in_short(std::string text) {
  constexpr std::string_view head = "jq: error: ";
  if (text.starts_with(head))
    text.erase(0, head.size());
  constexpr std::string_view noise = " (Unix shell quoting issues?)";
  if (const auto at = text.find(noise); at != std::string::npos)
    text.erase(at, noise.size());
  return text.substr(0, text.find(" at <top-level>"));
}

void keep_first(void* to, jv message) {
  auto& first = *static_cast<std::string*>(to);
  if (first.empty() && jv_get_kind(message) == JV_KIND_STRING)
    first = in_short(jv_string_value(message));
  jv_free(message);
}

jq_handle compiled(const std::string& program, std::string& why) {
  jq_handle jq(jq_init());
  if (!jq) {
    why = "there is no memory for jq";
    return nullptr;
  }
  jq_set_error_cb(jq.get(), &keep_first, &why);
  // Without one, `input` follows a null pointer.
  jq_set_input_cb(
      jq.get(), [](jq_state*, void*) { return jv_invalid_with_msg(jv_string("there is no more input")); }, nullptr);
#ifdef __SANITIZE_ADDRESS__
  const __lsan::ScopedDisabler of_jq; // putting constant texts together, jq's compiler forgets some bytes of them
#endif
  if (jq_compile(jq.get(), program.c_str()) == 0)
    return nullptr;
  jq_set_error_cb(
      jq.get(), [](void*, jv message) { jv_free(message); }, nullptr); // `why` ends before the program
  return jq;
}

} // namespace

struct jq_program::state {
  jq_handle jq;
  json_roots roots;
  bool is_converted = false;
  jv record = jv_null();
  jv payload = jv_null();
  jv headers = jv_null();

  void release() {
    if (!is_converted)
      return;
    jv_free(record);
    jv_free(payload);
    jv_free(headers);
    is_converted = false;
  }
  void convert() {
    if (is_converted)
      return;
    record = roots.record == nullptr ? jv_null() : to_jv(*roots.record);
    if (roots.payload == roots.record)
      payload = jv_copy(record);
    else
      payload = roots.payload == nullptr ? jv_null() : to_jv(*roots.payload);
    headers = roots.headers == nullptr ? jv_null() : to_jv(*roots.headers);
    is_converted = true;
  }
};

jq_program::jq_program(std::unique_ptr<state> s) : state_(std::move(s)) {
}

jq_program::~jq_program() {
  state_->release();
}

std::unique_ptr<jq_program> jq_program::compile(const std::vector<std::string>& expressions, fault& why) {
  std::string program = std::string(bindings) + jq_guards;
  for (std::size_t i = 0; i < expressions.size(); ++i)
    program += definition(i, expressions[i]);
  program += expressions.empty() ? "empty" : choice(0, expressions.size());
  auto jq = compiled(program, why.message);
  if (jq) {
    auto s = std::make_unique<state>();
    s->jq = std::move(jq);
    return std::unique_ptr<jq_program>(new jq_program(std::move(s)));
  }
  // One after another, to tell which it is.
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    std::string alone;
    if (compiled(std::string(bindings) + jq_guards + definition(0, expressions[i]) + choice(0, 1), alone))
      continue;
    why = {i, alone};
    break;
  }
  return nullptr;
}

void jq_program::focus(const json_roots& roots) {
  state_->release();
  state_->roots = roots;
}

cell jq_program::run(std::size_t expression, cell_arena& arena) {
  state_->convert();
  auto* jq = state_->jq.get();
  auto input = jv_array_sized(4);
  input = jv_array_append(input, jv_number(static_cast<double>(expression)));
  input = jv_array_append(input, jv_copy(state_->record));
  input = jv_array_append(input, jv_copy(state_->payload));
  input = jv_array_append(input, jv_copy(state_->headers));
  jq_start(jq, input, 0);
  std::vector<cell> values;
  while (true) {
    const auto value = jq_next(jq);
    if (jv_is_valid(value) == 0) {
      const auto has_failed = jv_invalid_has_msg(jv_copy(value)) != 0;
      const auto why = has_failed ? message_of(value, arena) : std::string_view();
      if (!has_failed)
        jv_free(value);
      if (has_failed)
        return failed_cell(why);
      break;
    }
    values.push_back(from_jv(value, arena));
    if (values.back().kind == cell_kind::failed)
      return values.back();
    if (values.size() > jq_values_max)
      return failed_cell("the expression gives more than 10,000 values");
  }
  if (jq_halted(jq) != 0)
    return failed_cell("the expression ends jq (halt)");
  if (values.empty())
    return {};
  return values.size() == 1 ? values.front() : arena.keep(cell_kind::several, values);
}

} // namespace cxstream::sources
