package dev.paddock.egress;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/** A block of addresses. */
record Cidr(InetAddress network, int bits) {

  static Cidr parse(String text) {
    int slash = text.lastIndexOf('/');
    String network = slash < 0 ? text : text.substring(0, slash);
    Optional<InetAddress> address =
        network.indexOf(':') >= 0 ? IpText.parseV6(network) : IpText.parseV4(network);
    if (address.isEmpty()) {
      throw EgressException.invalid(
          "not an address block such as 10.0.0.0/8: " + Text.quoted(text));
    }
    int longest = address.get().getAddress().length * 8;
    int bits = slash < 0 ? longest : bits(text.substring(slash + 1), longest, text);
    Cidr block = new Cidr(address.get(), bits);
    if (!Arrays.equals(address.get().getAddress(), block.masked(address.get().getAddress()))) {
      throw EgressException.invalid(
          text + " has bits beyond its prefix; write the network's first address");
    }
    return block;
  }

  private static int bits(String text, int longest, String whole) {
    if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > longest) {
      throw EgressException.invalid(
          "the prefix of " + Text.quoted(whole) + " must be 0 to " + longest);
    }
    return Integer.parseInt(text);
  }

  boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == network.getAddress().length
        && Arrays.equals(masked(bytes), network.getAddress());
  }

  private byte[] masked(byte[] bytes) {
    byte[] masked = bytes.clone();
    for (int i = 0; i < masked.length; i++) {
      int kept = Math.clamp(bits - 8L * i, 0, 8);
      masked[i] &= (byte) (0xFF << (8 - kept));
    }
    return masked;
  }
}
