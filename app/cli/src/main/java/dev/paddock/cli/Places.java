package dev.paddock.cli;

import dev.paddock.node.SandboxPlaces;
import java.util.Iterator;

/** The places to run in, for help and completion. */
final class Places implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return SandboxPlaces.names().iterator();
  }
}
