package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.spi.Resource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The memories below a folder by path, those in deeper folders rolled up where asked for. */
record MemoryTree(NavigableMap<String, Entry> entries) {

  /** A memory, or a folder with a slash at its end. */
  record Entry(String path, Optional<JsonNode> memory) {}

  static MemoryTree of(List<Resource> memories, String prefix, boolean direct) {
    NavigableMap<String, Entry> entries = new TreeMap<>();
    for (Resource memory : memories) {
      String path = memory.document().path("path").asText();
      if (path.startsWith(prefix)) {
        int slash = path.indexOf('/', prefix.length());
        if (direct && slash >= 0) {
          String folder = path.substring(0, slash + 1);
          entries.put(folder, new Entry(folder, Optional.empty()));
        } else {
          entries.put(path, new Entry(path, Optional.of(memory.document())));
        }
      }
    }
    return new MemoryTree(entries);
  }

  List<Entry> after(Optional<String> path, int limit) {
    NavigableMap<String, Entry> rest =
        path.isPresent() ? entries.tailMap(path.get(), false) : entries;
    return rest.values().stream().limit(limit).toList();
  }

  /** Whether there is something behind a page. */
  boolean has(List<Entry> page) {
    return !page.isEmpty() && entries.higherKey(page.getLast().path()) != null;
  }
}
