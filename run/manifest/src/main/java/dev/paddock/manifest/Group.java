package dev.paddock.manifest;

import java.util.List;
import java.util.Optional;

/**
 * A group of users.
 *
 * @param users empty where an entry names a user in a group's place
 */
public record Group(String name, Optional<List<String>> users) {
  public Group {
    users = users.map(List::copyOf);
  }
}
