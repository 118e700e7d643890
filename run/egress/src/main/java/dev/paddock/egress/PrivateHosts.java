package dev.paddock.egress;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The loopback and private addresses that the operator allows to dial: {@code
 * PADDOCK_PRIVATE_HOSTS}.
 */
public final class PrivateHosts {
  public static final PrivateHosts NONE = new PrivateHosts(List.of());

  private final List<Entry> entries;

  private PrivateHosts(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * @param setting host names, addresses, each with or without a port, and address blocks,
   *     separated by commas
   */
  public static PrivateHosts parse(String setting) {
    List<Entry> entries = new ArrayList<>();
    for (String part : setting.split(",", -1)) {
      String entry = part.strip();
      if (!entry.isEmpty()) {
        entries.add(entry(entry));
      }
    }
    return new PrivateHosts(entries);
  }

  private static Entry entry(String text) {
    try {
      if (text.indexOf('/') >= 0) {
        return new Block(Cidr.parse(text));
      }
      if (text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[")) {
        return new Named(Host.parse("[" + text + "]"), Optional.empty());
      }
      if (text.matches(".*:\\d+")) {
        Target target = Target.parse(text, 0);
        return new Named(target.host(), Optional.of(target.port()));
      }
      return new Named(Host.parse(text), Optional.empty());
    } catch (EgressException e) {
      throw new EgressException(
          e.code(),
          "PADDOCK_PRIVATE_HOSTS: "
              + e.getMessage()
              + "; write host, host:port or a block such as 10.0.0.0/8",
          e);
    }
  }

  /** Whether the host may lead to this address, which is a loopback or private one. */
  boolean allow(Target target, InetAddress address) {
    return entries.stream().anyMatch(entry -> entry.allows(target, address));
  }

  private sealed interface Entry {
    boolean allows(Target target, InetAddress address);
  }

  private record Named(Host host, Optional<Integer> port) implements Entry {
    @Override
    public boolean allows(Target target, InetAddress address) {
      return (host.equals(target.host()) || host.equals(Host.of(address)))
          && port.map(p -> p == target.port()).orElse(true);
    }
  }

  private record Block(Cidr block) implements Entry {
    @Override
    public boolean allows(Target target, InetAddress address) {
      return block.contains(address);
    }
  }
}
