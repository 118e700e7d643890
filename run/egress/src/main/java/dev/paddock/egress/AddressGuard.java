package dev.paddock.egress;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Decides which addresses may be dialled on behalf of an agent, and dials them. A name is looked up
 * once; what was checked is what is dialled.
 *
 * <p>Public addresses may be dialled. Loopback and private ones only if the operator's {@link
 * PrivateHosts} name them and the caller says that its own list does too. Never: link-local,
 * metadata, multicast and reserved addresses, addresses of this machine's interfaces, and where
 * Paddock itself listens.
 */
public final class AddressGuard {
  private final PrivateHosts privateHosts;
  private final NameLookup lookup;
  private final Supplier<Set<InetSocketAddress>> listening;

  /**
   * @param listening the addresses where this Paddock listens, asked at every check
   */
  public AddressGuard(PrivateHosts privateHosts, Supplier<Set<InetSocketAddress>> listening) {
    this(privateHosts, listening, SystemLookup.INSTANCE);
  }

  /**
   * @param lookup what finds addresses, for tests and for machines with a resolver of their own
   */
  public AddressGuard(
      PrivateHosts privateHosts, Supplier<Set<InetSocketAddress>> listening, NameLookup lookup) {
    this.privateHosts = privateHosts;
    this.listening = listening;
    this.lookup = lookup;
  }

  /**
   * The addresses of a host that may be dialled, at least one.
   *
   * @param named whether the caller's own list names this host, so that the operator's list of
   *     private hosts counts
   * @throws EgressException PERMISSION_DENIED if none of its addresses may be dialled, NOT_FOUND if
   *     it has none
   */
  public List<InetSocketAddress> resolve(Target target, boolean named) {
    return resolve(target, named, true);
  }

  /**
   * As {@link #resolve(Target, boolean)}.
   *
   * @param anyPort whether public addresses may be dialled at this port too, and not only loopback
   *     and private ones
   */
  List<InetSocketAddress> resolve(Target target, boolean named, boolean anyPort) {
    List<InetSocketAddress> allowed = new ArrayList<>();
    String refusal = "";
    for (InetAddress address : lookUp(target.host())) {
      String why = refusal(target, address, named);
      if (why.isEmpty() && !anyPort && AddressKind.of(address) == AddressKind.PUBLIC) {
        why =
            "the environment's list allows %s at ports 80 and 443 only; add %s to it"
                .formatted(target.host(), target);
      }
      if (why.isEmpty()) {
        allowed.add(new InetSocketAddress(plain(address), target.port()));
      } else {
        refusal = why;
      }
    }
    if (allowed.isEmpty()) {
      throw new EgressException(ErrorCode.PERMISSION_DENIED, refusal);
    }
    return List.copyOf(allowed);
  }

  /**
   * Opens a connection to an address that may be dialled.
   *
   * @throws EgressException as {@link #resolve}; UNAVAILABLE if nobody answers
   */
  public Socket dial(Target target, boolean named, Duration timeout) {
    return dial(target, resolve(target, named), timeout);
  }

  Socket dial(Target target, List<InetSocketAddress> checked, Duration timeout) {
    IOException last = new IOException("no address");
    for (InetSocketAddress address : checked) {
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(address, (int) timeout.toMillis());
        return socket;
      } catch (IOException e) {
        last = e;
        close(socket, e);
      }
    }
    throw new EgressException(
        ErrorCode.UNAVAILABLE, "cannot connect to " + target + ": " + last.getMessage(), last);
  }

  private static void close(Socket socket, IOException failure) {
    try {
      socket.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  List<InetAddress> lookUp(Host host) {
    if (host.literal().isPresent()) {
      return List.of(host.literal().get());
    }
    try {
      List<InetAddress> addresses = lookup.addresses(host.text());
      if (!addresses.isEmpty()) {
        return addresses;
      }
      throw new UnknownHostException(host.text() + ": no address");
    } catch (UnknownHostException e) {
      throw new EgressException(
          ErrorCode.NOT_FOUND, "the host cannot be looked up: " + e.getMessage(), e);
    }
  }

  /** Why an address must not be dialled, or nothing. */
  private String refusal(Target target, InetAddress address, boolean named) {
    AddressKind kind = AddressKind.of(address);
    String leads = target.host() + " leads to " + kind.text() + " (" + Host.of(address) + ")";
    return switch (kind) {
      case METADATA, LINK_LOCAL, MULTICAST, UNSPECIFIED, RESERVED ->
          leads + ", which is never dialled";
      case LOOPBACK, PRIVATE, DOCUMENTATION -> {
        if (!privateHosts.allow(target, plain(address))) {
          yield leads
              + "; an operator allows it by adding "
              + target
              + " to PADDOCK_PRIVATE_HOSTS and the host to the environment's list";
        }
        yield named
            ? own(target, plain(address))
            : leads + "; the environment's list must name the host itself";
      }
      case PUBLIC -> own(target, AddressKind.carried(address).orElse(plain(address)));
    };
  }

  private String own(Target target, InetAddress address) {
    for (InetSocketAddress socket : listening.get()) {
      InetAddress at = socket.getAddress();
      boolean same =
          at.equals(address)
              || (address.isLoopbackAddress()
                  && (at.isAnyLocalAddress() || at.isLoopbackAddress()));
      if (socket.getPort() == target.port() && same) {
        return target + " is Paddock itself, which is never dialled for an agent";
      }
    }
    if (!address.isLoopbackAddress() && ofThisMachine(address)) {
      return target.host()
          + " leads to an address of this machine ("
          + Host.of(address)
          + "), which is never dialled; a service on this machine is reached by its loopback"
          + " address, if PADDOCK_PRIVATE_HOSTS names it";
    }
    return "";
  }

  private static boolean ofThisMachine(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      throw new EgressException(
          ErrorCode.UNAVAILABLE, "cannot list this machine's own addresses", e);
    }
  }

  /** Without a zone. */
  private static InetAddress plain(InetAddress address) {
    return IpText.address(address.getAddress());
  }
}
