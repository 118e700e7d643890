package dev.paddock.core.spi;

import dev.paddock.core.LogEntry;
import java.util.List;

/** The appended entries; {@code repeated} where the client key had been seen. */
public record Appended(List<LogEntry> entries, boolean repeated) {
  public long lastSequence() {
    return entries.isEmpty() ? 0 : entries.getLast().sequence();
  }
}
