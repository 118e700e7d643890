package dev.paddock.egress;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an address leads to; by the IANA special-purpose registries and the clouds' documents of
 * their metadata services. IPv6 forms that carry an IPv4 address lead where that one leads.
 */
enum AddressKind {
  /** A service that hands credentials to whoever asks from inside a cloud's machine. */
  METADATA(
      "a cloud's metadata service",
      "169.254.169.254/32",
      "169.254.170.2/32",
      "169.254.170.23/32",
      "100.100.100.200/32",
      "168.63.129.16/32",
      "192.0.0.192/32",
      "fd00:ec2::/32",
      "fd20:ce::254/128"),
  LOOPBACK("a loopback address", "127.0.0.0/8", "::1/128"),
  PRIVATE(
      "a private address",
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "100.64.0.0/10",
      "fc00::/7"),
  /** Nobody's on the internet; closed networks use them as they use private ones. */
  DOCUMENTATION(
      "an address for documentation",
      "192.0.2.0/24",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "2001:db8::/32",
      "3fff::/20"),
  LINK_LOCAL("a link-local address", "169.254.0.0/16", "fe80::/10", "fec0::/10"),
  MULTICAST("a multicast address", "224.0.0.0/4", "ff00::/8"),
  UNSPECIFIED("an unspecified address", "0.0.0.0/8", "::/128"),
  RESERVED(
      "a reserved address",
      "192.0.0.0/24",
      "192.88.99.0/24",
      "198.18.0.0/15",
      "240.0.0.0/4",
      // Teredo, ORCHID and benchmarking; 6to4; NAT64 of unknown shape
      "2001::/23",
      "2002::/16",
      "64:ff9b:1::/48",
      "100::/64",
      "5f00::/16"),
  PUBLIC("a public address");

  private static final List<Cidr> CARRIERS =
      Stream.of("::/96", "::ffff:0:0:0/96", "64:ff9b::/96").map(Cidr::parse).toList();
  private static final Cidr GLOBAL_UNICAST = Cidr.parse("2000::/3");
  private static final Map<AddressKind, List<Cidr>> BLOCKS = new EnumMap<>(AddressKind.class);

  static {
    for (AddressKind kind : values()) {
      BLOCKS.put(kind, kind.cidrs());
    }
  }

  private final String text;
  private final String blocks;

  AddressKind(String text, String... blocks) {
    this.text = text;
    this.blocks = String.join(" ", blocks);
  }

  static AddressKind of(InetAddress address) {
    for (AddressKind kind : values()) {
      if (BLOCKS.getOrDefault(kind, List.of()).stream().anyMatch(b -> b.contains(address))) {
        return kind;
      }
    }
    Optional<InetAddress> carried = carried(address);
    if (carried.isPresent()) {
      return of(carried.get());
    }
    boolean global = !(address instanceof Inet6Address) || GLOBAL_UNICAST.contains(address);
    return global ? PUBLIC : RESERVED;
  }

  /** The IPv4 address that an IPv6 one carries, IPv4-compatible, translated or by NAT64. */
  static Optional<InetAddress> carried(InetAddress address) {
    return CARRIERS.stream().anyMatch(block -> block.contains(address))
        ? Optional.of(IpText.address(Arrays.copyOfRange(address.getAddress(), 12, 16)))
        : Optional.empty();
  }

  private List<Cidr> cidrs() {
    return blocks.isEmpty() ? List.of() : Stream.of(blocks.split(" ")).map(Cidr::parse).toList();
  }

  String text() {
    return text;
  }
}
