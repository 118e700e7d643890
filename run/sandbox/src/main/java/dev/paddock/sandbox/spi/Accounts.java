package dev.paddock.sandbox.spi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Users and groups that programs in a box find by name. All that runs there is one user still, so
 * that they give nobody any right and take none away.
 *
 * @param groups each with the names of its users
 */
public record Accounts(List<String> users, Map<String, List<String>> groups) {
  public static final Accounts NONE = new Accounts(List.of(), Map.of());

  private static final Set<String> TAKEN = Set.of("root", "agent", "nobody", "nogroup");
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.-]{0,31}");

  public Accounts {
    users = List.copyOf(users);
    groups = new LinkedHashMap<>(groups);
    users.forEach(Accounts::require);
    groups.forEach(
        (name, members) -> {
          require(name);
          members.forEach(Accounts::require);
        });
  }

  private static void require(String name) {
    if (TAKEN.contains(name) || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not the name of another account: " + name);
    }
  }

  public boolean isEmpty() {
    return users.isEmpty() && groups.isEmpty();
  }
}
