// Every message type that is registered survives the wire with every field of it, also types and fields that do not
// exist yet: both are found by the compiler.
#include "actors/fields.hpp"
#include "actors/stage.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/message.hpp>

#include <utility>

namespace cxstream::actors {
namespace {

template <caf::type_id_t Id>
using message_type = typename caf::type_by_id<Id>::type;

template <class T>
constexpr bool leaves_the_node = !caf::is_allowed_unsafe_message_type<T>::value;

class Messages : public stage {
protected:
  template <class T>
  void expect_round_trip(const T& sent) {
    const std::string name = caf::type_name<T>::value;
    std::vector<char> wire;
    auto message = caf::make_message(sent);
    caf::binary_serializer out{system, wire};
    ASSERT_FALSE(out(message)) << name;
    caf::message received;
    caf::binary_deserializer in{system, wire};
    ASSERT_FALSE(in(received)) << name;
    EXPECT_EQ(in.remaining(), 0u) << name;
    ASSERT_TRUE(received.match_elements<T>()) << name;
    EXPECT_TRUE(fields::same(sent, received.get_as<T>(0))) << name << " loses a field: is it in inspect()?";
  }

  template <class T>
  void check_type() {
    if constexpr (leaves_the_node<T>) {
      expect_round_trip(T{});
      T full{};
      std::uint64_t counter = 0;
      fields::fill(full, counter);
      expect_round_trip(full);
      ++checked;
    }
  }
  template <caf::type_id_t... Ids>
  void check_all(std::integer_sequence<caf::type_id_t, Ids...>) {
    (check_type<message_type<caf::id_block::cxstream::begin + Ids>>(), ...);
  }

  int checked = 0;
};

TEST_F(Messages, EveryRegisteredTypeSurvivesTheWireWithEveryField) {
  constexpr auto types = caf::id_block::cxstream::end - caf::id_block::cxstream::begin;
  check_all(std::make_integer_sequence<caf::type_id_t, types>{});
  EXPECT_EQ(checked, types - 1); // attach_stream never leaves its node
  EXPECT_GE(checked, 28);
}

TEST_F(Messages, SharedHistoryTravelsByValueAndItsAbsenceToo) {
  auto run = std::make_shared<protocols::history_run>();
  run->items.push_back({base::log_offset{4}, base::ticket_sequence{2}, "T", "bytes", true});
  run->next_offset = base::log_offset{5};
  expect_round_trip(history_supply{{run, run}, base::log_offset{5}, 9});
  expect_round_trip(history_supply{{}, base::log_offset{5}, 9});
}

TEST_F(Messages, TheComparisonOfFieldsSeesALostField) {
  delivery_request a, b;
  std::uint64_t counter = 0;
  fields::fill(a, counter);
  b = a;
  EXPECT_TRUE(fields::same(a, b));
  b.events[1].allow_older = !b.events[1].allow_older;
  EXPECT_FALSE(fields::same(a, b));
}

} // namespace
} // namespace cxstream::actors
