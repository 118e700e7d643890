package dev.paddock.manifest;

import dev.paddock.egress.Host;
import java.util.List;
import java.util.Optional;

/** What stands behind the names of secrets. */
@FunctionalInterface
public interface StorageSecrets {
  StorageSecrets NONE = (name, hosts) -> Optional.empty();

  /**
   * @param hosts that the value may become known to; one that it is not for has none
   */
  Optional<String> find(String name, List<Host> hosts);
}
