package dev.paddock.core.spi;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a document must hold. A path names a field, or one inside another by dots: {@code
 * metadata.team}; its parts are of {@code a-z 0-9 _}.
 *
 * @param matching the exact text at each of these paths
 * @param absent paths where there must be nothing or null
 */
public record DocumentFilter(Map<String, String> matching, Set<String> absent) {
  public static final DocumentFilter ANY = new DocumentFilter(Map.of(), Set.of());

  public DocumentFilter {
    matching = Map.copyOf(matching);
    absent = Set.copyOf(absent);
  }

  public DocumentFilter withMatching(String path, String text) {
    Map<String, String> all = new HashMap<>(matching);
    all.put(path, text);
    return new DocumentFilter(all, absent);
  }

  public DocumentFilter withAbsent(String path) {
    Set<String> all = new HashSet<>(absent);
    all.add(path);
    return new DocumentFilter(matching, all);
  }
}
