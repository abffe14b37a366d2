// Messages between actors. Every one could cross a network: plain structs of values and protobuf bytes, each with a
// round-trip test (tests/actors/messages_test.cpp), because a field left out of inspect() is lost silently.
#pragma once

#include "actors/messages/delivery.hpp"
#include "actors/messages/history.hpp"
#include "actors/messages/intake.hpp"
#include "actors/messages/operation.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cxstream::actors::attach_stream)

CAF_BEGIN_TYPE_ID_BLOCK(cxstream, first_custom_type_id)
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::verdict))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::submit_batch))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::append_events))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::append_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::log_append))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::log_appended))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::store_mended))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::keep_dead_letters))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::history_demand))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::history_supply))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_ticket))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_ticket_offsets))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_tickets))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::states_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_totals))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::bytes_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::offsets_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::delivery_request))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::delivery_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::target_call))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::target_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::mend_ticket))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::mend_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::join_courier))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::sink_lag))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::target_opened))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::begin_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::pause_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::seek_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::requeue_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::discard_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::edit_delivery))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::replay_events))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::replay_answer))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::control_replay))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::ask_counts))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::attach_stream))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::detach_stream))
CAF_ADD_TYPE_ID(cxstream, (cxstream::actors::consumer_word))
CAF_ADD_ATOM(cxstream, cxstream::actors, tick_atom, "cx_tick")
CAF_ADD_ATOM(cxstream, cxstream::actors, route_atom, "cx_route")
CAF_ADD_ATOM(cxstream, cxstream::actors, commit_atom, "cx_commit")
CAF_ADD_ATOM(cxstream, cxstream::actors, mend_atom, "cx_mend")
CAF_ADD_ATOM(cxstream, cxstream::actors, stop_atom, "cx_stop")
CAF_END_TYPE_ID_BLOCK(cxstream)
