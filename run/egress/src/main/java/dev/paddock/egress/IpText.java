package dev.paddock.egress;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** IP addresses as text; never asks a resolver. */
final class IpText {
  private static final int GROUPS = 8;

  private IpText() {}

  /** Whether programs may take a last label for a part of an IPv4 address. */
  static boolean looksNumeric(String label) {
    if (label.isEmpty()) {
      return false;
    }
    if (label.startsWith("0x")) {
      return label.chars().skip(2).allMatch(c -> Character.digit(c, 16) >= 0);
    }
    return label.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Four decimal parts without leading zeros. */
  static Optional<InetAddress> parseV4(String text) {
    byte[] bytes = new byte[4];
    return fillV4(text, bytes, 0) ? Optional.of(address(bytes)) : Optional.empty();
  }

  private static boolean fillV4(String text, byte[] bytes, int offset) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (int i = 0; i < 4; i++) {
      String part = parts[i];
      if (part.isEmpty() || part.length() > 3 || (part.length() > 1 && part.charAt(0) == '0')) {
        return false;
      }
      int value = 0;
      for (int j = 0; j < part.length(); j++) {
        int digit = part.charAt(j) - '0';
        if (digit < 0 || digit > 9) {
          return false;
        }
        value = value * 10 + digit;
      }
      if (value > 255) {
        return false;
      }
      bytes[offset + i] = (byte) value;
    }
    return true;
  }

  /** RFC 4291 2.2, without a zone. An IPv4-mapped address becomes the IPv4 one. */
  static Optional<InetAddress> parseV6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return Optional.empty();
    }
    byte[] bytes = new byte[16];
    if (gap < 0) {
      return fillGroups(text, bytes, true) == GROUPS
          ? Optional.of(address(bytes))
          : Optional.empty();
    }
    byte[] tail = new byte[16];
    int before = fillGroups(text.substring(0, gap), bytes, false);
    int after = fillGroups(text.substring(gap + 2), tail, true);
    if (before < 0 || after < 0 || before + after >= GROUPS) {
      return Optional.empty();
    }
    System.arraycopy(tail, 0, bytes, 16 - 2 * after, 2 * after);
    return Optional.of(address(bytes));
  }

  /** The number of 16-bit groups, or −1. */
  private static int fillGroups(String text, byte[] bytes, boolean mayEndInV4) {
    if (text.isEmpty()) {
      return 0;
    }
    String[] parts = text.split(":", -1);
    int groups = 0;
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      if (mayEndInV4 && i == parts.length - 1 && part.indexOf('.') >= 0) {
        return groups <= GROUPS - 2 && fillV4(part, bytes, 2 * groups) ? groups + 2 : -1;
      }
      if (groups == GROUPS || part.isEmpty() || part.length() > 4) {
        return -1;
      }
      int value = 0;
      for (int j = 0; j < part.length(); j++) {
        char c = part.charAt(j);
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
          return -1;
        }
        value = value << 4 | digit;
      }
      bytes[2 * groups] = (byte) (value >> 8);
      bytes[2 * groups + 1] = (byte) value;
      groups++;
    }
    return groups;
  }

  /** RFC 5952: lower case, the longest run of zeros cut. */
  static String format(Inet6Address address) {
    byte[] bytes = address.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xFF) << 8 | bytes[2 * i + 1] & 0xFF;
    }
    int start = -1;
    int longest = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = 0;
      while (i + run < GROUPS && groups[i + run] == 0) {
        run++;
      }
      if (run > longest) {
        start = i;
        longest = run;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }

  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
    }
  }
}
