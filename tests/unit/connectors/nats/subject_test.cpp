#include "connectors/nats/subject.hpp"

#include <gtest/gtest.h>

namespace cxstream::connectors {
namespace {

v1::CanonicalEvent event(const std::string& account, const std::string& ticket) {
  v1::CanonicalEvent out;
  out.set_account_id(account);
  out.set_ticket_id(ticket);
  out.set_event_type("ticket.updated");
  out.set_source_system("zendesk");
  return out;
}

std::string subject(std::string_view text, const v1::CanonicalEvent& e) {
  const auto made = subject_template::of(text);
  EXPECT_TRUE(made) << text;
  return made ? made->of(e) : "";
}

TEST(NatsSubject, FillsInWhatTheEventSays) {
  EXPECT_EQ(subject("cx.tickets.{account}.{ticket}", event("acme", "INC-1_a")), "cx.tickets.acme.INC-1_a");
  EXPECT_EQ(subject("{source}.v1.{ticket}", event("acme", "1")), "zendesk.v1.1");
  EXPECT_EQ(subject("cx.{account}{ticket}", event("a", "b")), "cx.ab");
  EXPECT_EQ(subject("cx", event("a", "b")), "cx");
}

TEST(NatsSubject, MakesOneTokenOfAnyValue) {
  EXPECT_EQ(subject("cx.{ticket}", event("", "a.b *>%\t/é")), "cx.a%2Eb%20%2A%3E%25%09%2F%C3%A9");
  EXPECT_EQ(subject("cx.{account}.{ticket}", event("", "1")), "cx._.1");
  EXPECT_EQ(subject("cx.{event_type}", event("", "1")), "cx.ticket%2Eupdated");
}

TEST(NatsSubject, GivesDifferentTicketsDifferentSubjects) {
  EXPECT_NE(subject("{ticket}", event("", "a.b")), subject("{ticket}", event("", "a%2Eb")));
  EXPECT_NE(subject("{account}.{ticket}", event("a.b", "c")), subject("{account}.{ticket}", event("a", "b.c")));
}

TEST(NatsSubject, RefusesWhatIsNoSubject) {
  for (const auto* text : {"", ".a", "a.", "a..b", "cx.*", "cx.>", "a b", "cx.{ticket", "cx.{nothing}"})
    EXPECT_FALSE(subject_template::of(text)) << text;
}

} // namespace
} // namespace cxstream::connectors
