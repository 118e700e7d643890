package dev.paddock.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a name; the operating system's resolver outside of tests. */
@FunctionalInterface
public interface NameLookup {
  /** Called with canonical names only, never with an address. */
  List<InetAddress> addresses(String name) throws UnknownHostException;
}
