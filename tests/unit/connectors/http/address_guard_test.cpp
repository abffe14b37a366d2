#include "connectors/http/address_guard.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>

namespace cxstream::connectors {
namespace {

bool permits(std::string_view setting, std::string_view address, std::string_view host = "host.example") {
  const auto guard = address_guard::of(setting);
  EXPECT_TRUE(guard) << setting;
  const auto ip = parse_ip(address);
  EXPECT_TRUE(ip) << address;
  return guard->permits(*ip, host);
}

TEST(AddressGuard, RefusesWhatIsNotOnTheOpenInternet) {
  for (const auto* address : {"127.0.0.1",
                              "127.255.255.254",
                              "10.0.0.1",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "169.254.169.254",
                              "169.254.1.1",
                              "100.64.0.1",
                              "100.127.255.255",
                              "100.100.100.200",
                              "168.63.129.16",
                              "0.0.0.0",
                              "0.1.2.3",
                              "192.0.0.1",
                              "198.18.0.1",
                              "203.0.113.5",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "fdff::1",
                              "fd00:ec2::254",
                              "ff02::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::10.0.0.1",
                              "64:ff9b::7f00:1",
                              "64:ff9b::a9fe:a9fe",
                              "64:ff9b:1::a00:1",
                              "2002:7f00:1::1",
                              "2002:a9fe:a9fe::",
                              "2001::1",
                              "2001:db8::1"})
    EXPECT_FALSE(permits("false", address)) << address;
}

TEST(AddressGuard, PermitsTheOpenInternet) {
  for (const auto* address : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
                              "172.32.0.0", "192.167.255.255", "223.255.255.255", "2606:4700::1111", "2a00::1",
                              "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"})
    EXPECT_TRUE(permits("false", address)) << address;
}

TEST(AddressGuard, PermitsPrivateAddressesWhenToldToButNotWhatNobodyDeliversTo) {
  for (const auto* address :
       {"127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1"})
    EXPECT_TRUE(permits("true", address)) << address;
  for (const auto* address : {"169.254.169.254", "169.254.0.9", "fe80::1", "100.100.100.200", "168.63.129.16",
                              "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "0.0.0.0", "224.0.0.1"})
    EXPECT_FALSE(permits("true", address)) << address;
}

TEST(AddressGuard, PermitsTheNetworksAndHostsOfItsList) {
  const auto* list = "10.1.0.0/16, ::1 CRM.internal *.Svc.example 169.254.7.0/25";
  EXPECT_TRUE(permits(list, "10.1.255.1"));
  EXPECT_FALSE(permits(list, "10.2.0.1"));
  EXPECT_TRUE(permits(list, "::1"));
  EXPECT_FALSE(permits(list, "127.0.0.1"));
  EXPECT_TRUE(permits(list, "169.254.7.127"));
  EXPECT_FALSE(permits(list, "169.254.7.128"));
  EXPECT_TRUE(permits(list, "192.168.0.9", "crm.INTERNAL"));
  EXPECT_TRUE(permits(list, "192.168.0.9", "a.svc.example"));
  EXPECT_FALSE(permits(list, "192.168.0.9", "svc.example"));
  EXPECT_FALSE(permits(list, "192.168.0.9", "evilsvc.example"));
  EXPECT_FALSE(permits(list, "192.168.0.9", "crm.internal.evil.example"));
}

TEST(AddressGuard, RefusesListsItDoesNotUnderstand) {
  for (const auto* list : {"10.0.0.0/33", "10.0.0.0/", "::/129", "10.0.0.0/-1", "http://x", "crm.internal/8", "a b@c"})
    EXPECT_FALSE(address_guard::of(list)) << list;
}

TEST(AddressGuard, ReadsSocketAddresses) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x7f000001);
  EXPECT_EQ(ip_of(reinterpret_cast<const sockaddr&>(v4))->text(), "127.0.0.1");
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = IN6ADDR_LOOPBACK_INIT;
  EXPECT_EQ(ip_of(reinterpret_cast<const sockaddr&>(v6))->text(), "::1");
  sockaddr other{};
  other.sa_family = AF_UNIX;
  EXPECT_FALSE(ip_of(other));
}

} // namespace
} // namespace cxstream::connectors
