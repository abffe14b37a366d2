// The dead letter actor: carries out what an operator decides about a set of dead letters, one letter after the other
// in the order of their ids (so a ticket's events of one sink go back in order), and ends.
#pragma once

#include "actors/messages.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace cxstream::actors {

using dead_letter_actor = caf::typed_actor<
    // To itself: deal with the next letter.
    caf::reacts_to<tick_atom>>;

} // namespace cxstream::actors
